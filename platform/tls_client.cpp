#include "platform/tls_client.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>

#include <algorithm>
#include <fmt/format.h>
#include <tuple>

namespace duel::platform {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;

constexpr auto kAwaitTuple = asio::as_tuple(asio::use_awaitable);

// Closes a socket that takes too long for a step.
class Patience {
public:
    Patience(asio::ip::tcp::socket& socket, std::chrono::seconds limit)
        : limit_(limit), state_(std::make_shared<State>(socket)) {
        renew();
    }
    ~Patience() { end(); }
    Patience(const Patience&) = delete;
    Patience& operator=(const Patience&) = delete;

    void renew() {
        state_->timer.expires_after(limit_);
        state_->timer.async_wait([state = state_](boost::system::error_code stopped) {
            if (stopped || state->is_over) return;
            boost::system::error_code ignored;
            state->is_late = true;
            state->socket.close(ignored);
        });
    }
    void end() {
        state_->is_over = true;
        state_->timer.cancel();
    }
    // Why the step failed.
    boost::system::error_code verdict(boost::system::error_code failure) const {
        return state_->is_late ? beast::error::timeout : failure;
    }

private:
    // Outlives this where the timer has just run out.
    struct State {
        explicit State(asio::ip::tcp::socket& of) : socket(of), timer(of.get_executor()) {}
        asio::ip::tcp::socket& socket;
        asio::steady_timer timer;
        bool is_late = false;
        bool is_over = false;
    };
    std::chrono::seconds limit_;
    std::shared_ptr<State> state_;
};

struct Lookup {
    explicit Lookup(const asio::any_io_executor& executor) : done(executor) {}
    asio::steady_timer done;
    boost::system::error_code failure = beast::error::timeout;
    asio::ip::tcp::resolver::results_type addresses;
};

// A question that is under way cannot be broken off: after `patience` it is only not waited for.
asio::awaitable<std::shared_ptr<const Lookup>>
look_up(asio::ip::tcp::resolver& resolver, WssServer server, std::chrono::seconds patience) {
    auto lookup = std::make_shared<Lookup>(resolver.get_executor());
    lookup->done.expires_after(patience);
    resolver.async_resolve(
        server.host,
        std::to_string(server.port),
        [lookup](boost::system::error_code failure, auto addresses) {
            lookup->failure = failure;
            lookup->addresses = std::move(addresses);
            lookup->done.cancel();
        }
    );
    co_await lookup->done.async_wait(kAwaitTuple);
    co_return lookup;
}

// A bound socket to the first address of its family. Asio's function would open it anew, bound to
// nothing.
asio::awaitable<boost::system::error_code>
connect_bound(asio::ip::tcp::socket& tcp, const asio::ip::tcp::resolver::results_type& addresses) {
    const auto family = tcp.local_endpoint().protocol();
    const auto address = std::ranges::find_if(addresses, [&](const auto& found) {
        return found.endpoint().protocol() == family;
    });
    if (address == addresses.end()) co_return asio::error::address_family_not_supported;
    auto [failure] = co_await tcp.async_connect(address->endpoint(), kAwaitTuple);
    co_return failure;
}

}  // namespace

asio::ssl::context trusting(const std::string& ca_file, std::string_view setting) {
    asio::ssl::context tls{asio::ssl::context::tls_client};
    tls.set_options(
        asio::ssl::context::no_sslv2 | asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 |
        asio::ssl::context::no_tlsv1_1
    );
    tls.set_verify_mode(asio::ssl::verify_peer);
    if (ca_file.empty()) {
        tls.set_default_verify_paths();
        return tls;
    }
    boost::system::error_code failure;
    tls.load_verify_file(ca_file, failure);
    if (failure) {
        throw std::runtime_error(fmt::format(
            "{}={}: a file of PEM certificates is wanted ({})", setting, ca_file, failure.message()
        ));
    }
    return tls;
}

void throw_unreachable(
    boost::system::error_code failure,
    std::string_view step,
    std::chrono::seconds patience,
    std::string_view ca_setting
) {
    if (failure == beast::error::timeout)
        throw Unreachable(fmt::format("{}: no answer within {} s", step, patience.count()));
    auto why = failure.message();
    if (why.find("certificate verify failed") != std::string::npos)
        why += fmt::format(" ({}: whose certificates to trust)", ca_setting);
    throw Unreachable(fmt::format("{}: {}", step, why));
}

asio::awaitable<void> connect_tls(
    asio::ip::tcp::resolver& resolver,
    TlsClientStream& stream,
    WssServer server,
    std::chrono::seconds patience,
    std::string_view ca_setting
) {
    const auto found = co_await look_up(resolver, server, patience);
    if (found->failure)
        throw_unreachable(found->failure, "looking up " + server.host, patience, ca_setting);

    auto& tcp = stream.next_layer();
    Patience limit{tcp, patience};
    boost::system::error_code not_connected;
    if (tcp.is_open())
        not_connected = co_await connect_bound(tcp, found->addresses);
    else
        not_connected =
            std::get<0>(co_await asio::async_connect(tcp, found->addresses, kAwaitTuple));
    if (not_connected) {
        throw_unreachable(
            limit.verdict(not_connected),
            "connecting to " + server.authority(),
            patience,
            ca_setting
        );
    }
    boost::system::error_code ignored;
    tcp.set_option(asio::ip::tcp::no_delay(true), ignored);

    boost::system::error_code is_no_address;
    asio::ip::make_address(server.host, is_no_address);
    if (is_no_address)
        SSL_set_tlsext_host_name(stream.native().native_handle(), server.host.c_str());
    stream.native().set_verify_callback(asio::ssl::host_name_verification(server.host));
    limit.renew();
    auto [not_secure] =
        co_await asio::async_initiate<decltype(kAwaitTuple), void(boost::system::error_code)>(
            [&stream](auto handler) {
                stream.async_handshake(asio::ssl::stream_base::client, std::move(handler));
            },
            kAwaitTuple
        );
    if (not_secure) {
        throw_unreachable(
            limit.verdict(not_secure), "TLS with " + server.authority(), patience, ca_setting
        );
    }
}

}  // namespace duel::platform
