#include "tests/fuzz/target.hpp"
#include "wsserver/net/proxies.hpp"

#include <boost/asio/ip/address.hpp>

#include <stdexcept>
#include <vector>

// Headers of proxies: the PROXY protocol, X-Forwarded-For a line a header, and the setting.
namespace duel::fuzz {
namespace {

using wsserver::Proxies;
using wsserver::ProxyHeader;
using State = ProxyHeader::State;

void check_header(std::string_view bytes) {
    const auto header = ProxyHeader::read(bytes);
    if (header.state == State::incomplete)
        require(bytes.size() < ProxyHeader::kMostBytes, "a header ends within its limit");
    if (header.state != State::complete) return;
    require(header.bytes <= bytes.size(), "a header is no longer than what came");
    require(header.bytes <= ProxyHeader::kMostBytes, "a header is no longer than is looked at");
    const auto alone = ProxyHeader::read(bytes.substr(0, header.bytes));
    require(
        alone.state == State::complete && alone.bytes == header.bytes &&
            alone.client == header.client,
        "what follows a header changes nothing"
    );
    for (std::size_t size = 0; size < header.bytes; ++size)
        require(
            ProxyHeader::read(bytes.substr(0, size)).state == State::incomplete,
            "a header in pieces is waited for"
        );
}

void check_forwarded(std::string_view bytes) {
    static const Proxies proxies{{"10.0.0.0/8", "fd00::/8", "192.0.2.1"}};
    const auto proxy = boost::asio::ip::make_address("10.0.0.1");
    const auto stranger = boost::asio::ip::make_address("203.0.113.7");
    std::vector<std::string_view> lines;
    while (!bytes.empty()) {
        lines.push_back(bytes.substr(0, bytes.find('\n')));
        bytes.remove_prefix(std::min(lines.back().size() + 1, bytes.size()));
    }
    require(proxies.client_of(stranger, lines) == stranger, "a stranger speaks for itself");
    const auto client = proxies.client_of(proxy, lines);
    if (proxies.lists(client)) return;
    lines.insert(lines.begin(), "198.51.100.1, 10.0.0.2");
    require(proxies.client_of(proxy, lines) == client, "what a client writes before is ignored");
    lines.emplace_back("203.0.113.7");
    require(proxies.client_of(proxy, lines) == stranger, "the last proxy's word counts");
}

void check_setting(const std::string& text) {
    try {
        const Proxies proxies{{text}};
        const auto begin = text.substr(0, text.find('/'));
        boost::system::error_code error;
        const auto address = boost::asio::ip::make_address(begin, error);
        if (!error) require(proxies.lists(address), "a network holds the address it is named by");
    } catch (const std::invalid_argument&) {
        return;
    }
}

}  // namespace

void try_input(std::string_view bytes) {
    check_header(bytes);
    check_forwarded(bytes);
    if (bytes.size() < 100) check_setting(std::string{bytes});
}

}  // namespace duel::fuzz
