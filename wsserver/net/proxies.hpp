#pragma once

// Who may speak for somebody else's address: the proxies that are listed, and nobody else.
//
// A proxy that speaks HTTP says it in X-Forwarded-For, one that passes TCP on in the PROXY protocol
// before TLS begins. What others say there is ignored.

#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace duel::wsserver {

class Proxies {
public:
    using Address = boost::asio::ip::address;

    // Addresses ("10.0.0.7") and networks ("10.0.0.0/8", "fd00::/8"). Throws std::invalid_argument
    // with the one that is neither.
    explicit Proxies(const std::vector<std::string>& listed);

    bool lists(const Address& address) const;

    // Whose connection it is, of a request that came from `peer` with these values of
    // X-Forwarded-For, in order: the last address that is no listed proxy's. What cannot be read
    // ends the search there: then it is the proxy's own.
    Address client_of(const Address& peer, const std::vector<std::string_view>& forwarded) const;

private:
    // All as IPv6, where IPv4 has a place of its own.
    struct Network {
        boost::asio::ip::address_v6::bytes_type bytes;
        unsigned bits;  // of the prefix

        bool holds(const boost::asio::ip::address_v6::bytes_type& address) const;
    };

    std::vector<Network> networks_;
};

// The header of the PROXY protocol, version 1 or 2 (haproxy.org, proxy-protocol.txt, 2020).
struct ProxyHeader {
    enum class State { incomplete, complete, malformed };

    State state = State::incomplete;
    std::size_t bytes = 0;                     // of the header, where it is complete
    std::optional<Proxies::Address> client{};  // none: the proxy speaks for itself

    static constexpr std::size_t kMostBytes = 536;  // what has to be read to know
    static ProxyHeader read(std::string_view bytes);
};

}  // namespace duel::wsserver
