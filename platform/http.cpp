#include "platform/http.hpp"

#include "platform/settings.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <stdexcept>
#include <thread>

namespace duel::platform {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

namespace {

constexpr auto kDeadline = std::chrono::seconds(5);
constexpr std::uint32_t kMostHeaderBytes = 8 * 1024;
constexpr std::size_t kMostSessions = 64;

using Request = http::request<http::empty_body>;
using boost::system::error_code;

struct Response {
    http::status status;
    const char* type;
    std::string body;
    std::string header = {};  // one more line
};

Response text_response(http::status status, const char* type, std::string body) {
    return {status, type, std::move(body)};
}

// As it travels.
std::string text(const Response& response, bool with_body) {
    const auto reason = http::obsolete_reason(response.status);
    std::string text = "HTTP/1.1 " + std::to_string(static_cast<unsigned>(response.status)) + ' ';
    text.append(reason.data(), reason.size()).append("\r\nContent-Type: ").append(response.type);
    text += "\r\nCache-Control: no-store\r\n" + response.header +
            "Connection: close\r\nContent-Length: " + std::to_string(response.body.size()) +
            "\r\n\r\n";
    if (with_body) text += response.body;
    return text;
}

Response say_alive(const Health& health) {
    auto late = health.late();
    if (late.empty()) return text_response(http::status::ok, "text/plain", "alive\n");
    std::string body;
    for (const std::string& name : late)
        body += "no heartbeat: " + name + "\n";
    return text_response(http::status::service_unavailable, "text/plain", std::move(body));
}

Response say_ready(const Health& health) {
    nlohmann::ordered_json body{{"ready", true}, {"conditions", nlohmann::json::array()}};
    for (const auto& condition : health.conditions()) {
        nlohmann::ordered_json entry{{"name", condition.name}, {"ok", condition.ok}};
        if (!condition.reason.empty()) entry["reason"] = condition.reason;
        if (!condition.ok) body["ready"] = false;
        body["conditions"].push_back(std::move(entry));
    }
    for (const std::string& name : health.late()) {
        body["ready"] = false;
        body["conditions"].push_back({{"name", name}, {"ok", false}, {"reason", "no heartbeat"}});
    }
    auto status = body["ready"].get<bool>() ? http::status::ok : http::status::service_unavailable;
    using OnBadText = nlohmann::json::error_handler_t;
    return text_response(
        status, "application/json", body.dump(2, ' ', false, OnBadText::replace) + "\n"
    );
}

Response answer(const Request& request, const Metrics& metrics, const Health& health) {
    if (request.method() != http::verb::get && request.method() != http::verb::head) {
        auto response =
            text_response(http::status::method_not_allowed, "text/plain", "only GET and HEAD\n");
        response.header = "Allow: GET, HEAD\r\n";
        return response;
    }
    auto target = request.target();
    target = target.substr(0, target.find('?'));
    if (target == "/metrics") {
        return text_response(http::status::ok, "text/plain; version=0.0.4", metrics.text());
    }
    if (target == "/healthz") return say_alive(health);
    if (target == "/readyz") return say_ready(health);
    return text_response(
        http::status::not_found, "text/plain", "there are /metrics, /healthz and /readyz\n"
    );
}

// One request, one answer, then it closes.
class Session : public std::enable_shared_from_this<Session> {
public:
    Session(tcp::socket socket, const Metrics& metrics, const Health& health, std::size_t& sessions)
        : socket_(std::move(socket)),
          deadline_(socket_.get_executor()),
          metrics_(metrics),
          health_(health),
          sessions_(++sessions) {
        parser_.header_limit(kMostHeaderBytes);
        parser_.body_limit(0);
    }
    ~Session() { --sessions_; }

    void start() {
        begin_step();
        read();
    }

private:
    // Closes the socket unless the next step begins in time, or the session ends.
    void begin_step() {
        deadline_.expires_after(kDeadline);
        deadline_.async_wait([session = weak_from_this()](error_code stopped) {
            const auto self = session.lock();
            if (stopped || !self) return;
            error_code ignored;
            self->socket_.close(ignored);
        });
    }

    void read() {
        const auto room = kMostHeaderBytes - buffer_.size();
        socket_.async_read_some(
            buffer_.prepare(room),
            [self = shared_from_this()](error_code error, std::size_t bytes) {
                if (error) return;
                self->buffer_.commit(bytes);
                self->on_bytes();
            }
        );
    }

    void on_bytes() {
        error_code error;
        buffer_.consume(parser_.put(buffer_.data(), error));
        if (error && error != http::error::need_more) return;
        if (parser_.is_header_done()) return reply();
        if (buffer_.size() < kMostHeaderBytes) read();
    }

    void reply() {
        const auto& request = parser_.get();
        const auto response = answer(request, metrics_, health_);
        answer_ = text(response, request.method() != http::verb::head);
        begin_step();
        asio::async_write(
            socket_,
            asio::buffer(answer_),
            [self = shared_from_this()](error_code, std::size_t) {
                error_code ignored;
                self->socket_.shutdown(tcp::socket::shutdown_send, ignored);
            }
        );
    }

    tcp::socket socket_;
    asio::steady_timer deadline_;
    const Metrics& metrics_;
    const Health& health_;
    std::size_t& sessions_;
    beast::flat_buffer buffer_{kMostHeaderBytes};
    http::request_parser<http::empty_body> parser_;
    std::string answer_;
};

}  // namespace

class HttpServer::Impl {
public:
    Impl(const HttpSettings& settings, const Metrics& metrics, const Health& health)
        : metrics_(metrics), health_(health), acceptor_(io_) {
        tcp::endpoint place(asio::ip::make_address(settings.address), settings.port);
        try {
            acceptor_.open(place.protocol());
            acceptor_.set_option(asio::socket_base::reuse_address(true));
            acceptor_.bind(place);
            acceptor_.listen();
        } catch (const boost::system::system_error& error) {
            throw std::runtime_error(
                "metrics port " + settings.address + ":" + std::to_string(settings.port) + ": " +
                error.code().message() +
                (settings.port_setting.empty() ? "" : "; change it by " + settings.port_setting)
            );
        }
        port_ = acceptor_.local_endpoint().port();
        accept();
        thread_ = std::thread([this] { io_.run(); });
    }

    ~Impl() {
        io_.stop();
        thread_.join();
    }

    std::uint16_t port() const { return port_; }

private:
    void accept() {
        acceptor_.async_accept([this](error_code error, tcp::socket socket) {
            if (!error && sessions_ < kMostSessions) {
                std::make_shared<Session>(std::move(socket), metrics_, health_, sessions_)->start();
            }
            if (error == asio::error::no_descriptors) {
                // Nothing to accept with: look again a little later instead of spinning.
                retry_.expires_after(std::chrono::milliseconds(200));
                retry_.async_wait([this](error_code) { accept(); });
            } else {
                accept();
            }
        });
    }

    const Metrics& metrics_;
    const Health& health_;
    std::size_t sessions_ = 0;
    asio::io_context io_{1};
    tcp::acceptor acceptor_;
    asio::steady_timer retry_{io_};
    std::uint16_t port_ = 0;
    std::thread thread_;
};

HttpServer::HttpServer(const HttpSettings& settings, const Metrics& metrics, const Health& health) {
    if (settings.port == 0 && !settings.any_port) return;
    impl_ = std::make_unique<Impl>(settings, metrics, health);
}

HttpServer::~HttpServer() = default;

std::uint16_t HttpServer::port() const {
    return impl_ ? impl_->port() : std::uint16_t{0};
}

void offer(Settings& settings, HttpSettings& http, const std::string& port_env) {
    http.port_setting = "--metrics-port (" + port_env + ")";
    settings.add(
        "--metrics-port",
        port_env,
        http.port,
        "port",
        "where /metrics, /healthz and /readyz are; 0: nowhere"
    );
    settings.add(
        "--metrics-address",
        "DUEL_METRICS_ADDRESS",
        http.address,
        "IP address",
        "the address that the metrics port is opened on"
    );
}

}  // namespace duel::platform
