#pragma once

// A socket on its way to be a WebSocket: TLS handshake, upgrade request, and the answer to it.
//
// Each step has its deadline. Limits are checked here, before the upgrade, so that a refusal is an
// HTTP answer and never a connection that opens and closes.

#include "wsserver/net/loop.hpp"
#include "wsserver/net/tls_socket.hpp"
#include "wsserver/net/upgrade.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace duel::wsserver {

class Arrival : public std::enable_shared_from_this<Arrival> {
public:
    Arrival(Loop& loop, Tcp::socket socket);
    ~Arrival();

    void start();
    void tick(Instant now);
    void abort(std::string_view reason);

private:
    using Response = boost::beast::http::response<boost::beast::http::string_body>;

    // What a proxy says before TLS begins.
    void read_proxy_header();
    void wait_for_more();
    void shake_hands();
    void read_request();
    void on_request();
    // Refuses where a limit is reached.
    std::optional<UpgradeRefusal> limit(const Upgrade& upgrade, const Verdict& verdict);
    void refuse(const UpgradeRefusal& refusal);
    void linger();
    void accept(Upgrade upgrade, Verdict verdict);
    void become_session(Upgrade upgrade, const Verdict& verdict);
    void leave();

    Loop& loop_;
    Service& service_;
    TlsSocket socket_;
    Proxies::Address peer_;
    std::string ip_;  // of the client, where a listed proxy says whose connection it is
    Instant began_;
    Instant deadline_;
    boost::beast::flat_buffer buffer_;
    boost::beast::http::request_parser<boost::beast::http::empty_body> parser_;
    Response response_;
    std::string answer_;  // to an upgrade
    bool is_session_ = false;
    bool is_refused_ = false;
};

}  // namespace duel::wsserver
