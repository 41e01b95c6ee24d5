#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace duel::watch::scripted {

// A key and a certificate that signs itself, made by OpenSSL, both PEM.
struct Identity {
    std::string key;
    std::string certificate;
};
// `names` as in a certificate: `DNS:localhost,IP:127.0.0.1`.
Identity make_identity(const std::string& names);

// One connection, from the server's side. Every call blocks; all but cut() fail by an exception
// that ends the script.
class Peer {
public:
    using Socket =
        boost::beast::websocket::stream<boost::asio::ssl::stream<boost::asio::ip::tcp::socket>>;

    std::string target;    // of the upgrade request
    std::string protocol;  // the subprotocol that was offered

    void send(const std::string& text);
    std::string receive();
    // Close with that code; waits for the answer.
    void close(std::uint16_t code, const std::string& reason = "");
    // Waits until the client closes; the code it gave.
    std::uint16_t wait_for_close();
    // TCP ends at once.
    void cut();

private:
    friend class Server;
    std::unique_ptr<Socket> socket_;
};

// A wss server on a free port of the loopback that treats its n-th connection as the n-th script
// says.
//
// The end of a script ends TCP. A script that is a response refuses the upgrade with it. Once the
// scripts are over nothing is accepted any more.
class Server {
public:
    using Response = boost::beast::http::response<boost::beast::http::string_body>;
    struct Script {
        std::function<void(Peer&)> play;
        std::function<Response()> refuse;

        // NOLINTNEXTLINE(google-explicit-constructor): a list of lambdas reads better
        Script(std::function<void(Peer&)> script) : play(std::move(script)) {}
        static Script refusing(unsigned status, const std::string& retry_after = "");
    };

    Server(const Identity& identity, std::vector<Script> scripts);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    std::uint16_t port() const { return port_; }

private:
    void serve();
    void stop_listening() const;
    void serve_one(boost::asio::ip::tcp::socket socket, const Script& script);

    boost::asio::io_context context_;
    boost::asio::ssl::context tls_{boost::asio::ssl::context::tls_server};
    boost::asio::ip::tcp::acceptor acceptor_{context_};
    std::uint16_t port_ = 0;
    int listener_ = -1;  // its descriptor: from two threads, the acceptor itself is not to be asked
    std::vector<Script> scripts_;
    std::thread thread_;
};

}  // namespace duel::watch::scripted
