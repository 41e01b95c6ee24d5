#include "wsserver/net/proxies.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <stdexcept>

namespace duel::wsserver {
namespace {

namespace ip = boost::asio::ip;
using boost::system::error_code;
using Address = Proxies::Address;
using State = ProxyHeader::State;

constexpr std::string_view kSignature2{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr std::size_t kMostBytes1 = 107;

// An IPv4 address within IPv6 is the IPv4 address.
Address plain(const Address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return ip::make_address_v4(ip::v4_mapped, address.to_v6());
    return address;
}

ip::address_v6::bytes_type bytes_of(const Address& address) {
    const auto wide =
        address.is_v6() ? address.to_v6() : ip::make_address_v6(ip::v4_mapped, address.to_v4());
    return wide.to_bytes();
}

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t");
    if (begin == text.npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == text.npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::optional<Address> address_of(std::string_view text) {
    if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
    error_code error;
    const auto address = ip::make_address(std::string{text}, error);
    if (error) return {};
    return plain(address);
}

// "PROXY TCP4 203.0.113.7 192.0.2.1 51234 443\r\n" or "PROXY UNKNOWN …\r\n".
ProxyHeader read_1(std::string_view bytes) {
    const auto end = bytes.substr(0, kMostBytes1).find("\r\n");
    if (end == bytes.npos)
        return {bytes.size() < kMostBytes1 ? State::incomplete : State::malformed};
    const auto words = split(bytes.substr(0, end), ' ');
    if (words.size() >= 2 && words[1] == "UNKNOWN") return {State::complete, end + 2};
    if (words.size() != 6 || (words[1] != "TCP4" && words[1] != "TCP6")) return {State::malformed};
    const auto client = address_of(words[2]);
    if (!client) return {State::malformed};
    return {State::complete, end + 2, client};
}

template <class Bytes>
Bytes bytes_at(std::string_view bytes, std::size_t at) {
    Bytes found{};
    std::memcpy(found.data(), bytes.data() + at, found.size());
    return found;
}

ProxyHeader read_2(std::string_view bytes) {
    constexpr std::size_t kFixed = 16;
    if (bytes.size() < kFixed) return {};
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const unsigned command = byte(12);
    const unsigned family = byte(13) >> 4U;
    const std::size_t length = std::size_t{byte(14)} << 8U | byte(15);
    if (command >> 4U != 2 || (command & 0xFU) > 1 || kFixed + length > ProxyHeader::kMostBytes)
        return {State::malformed};
    if (bytes.size() < kFixed + length) return {};
    ProxyHeader header{State::complete, kFixed + length};
    if ((command & 0xFU) == 0) return header;  // LOCAL: a check of its own
    if (family == 1 && length >= 12)
        header.client = ip::address_v4{bytes_at<ip::address_v4::bytes_type>(bytes, kFixed)};
    else if (family == 2 && length >= 36)
        header.client = plain(ip::address_v6{bytes_at<ip::address_v6::bytes_type>(bytes, kFixed)});
    else if (family == 1 || family == 2)
        return {State::malformed};
    return header;
}

}  // namespace

Proxies::Proxies(const std::vector<std::string>& listed) {
    for (const auto& text : listed) {
        const auto slash = text.find('/');
        const auto address = address_of(std::string_view{text}.substr(0, slash));
        if (!address) throw std::invalid_argument(text);
        const unsigned most = address->is_v4() ? 32 : 128;
        unsigned bits = most;
        if (slash != text.npos) {
            const auto* end = text.data() + text.size();
            const auto [stop, failure] = std::from_chars(text.data() + slash + 1, end, bits);
            if (failure != std::errc{} || stop != end || bits > most)
                throw std::invalid_argument(text);
        }
        networks_.push_back({bytes_of(*address), 128 - most + bits});
    }
}

bool Proxies::Network::holds(const ip::address_v6::bytes_type& address) const {
    for (unsigned bit = 0; bit < bits; bit += 8) {
        const auto differing = static_cast<unsigned>(bytes[bit / 8] ^ address[bit / 8]);
        if (differing >> (bits - bit < 8 ? 8 - (bits - bit) : 0) != 0) return false;
    }
    return true;
}

bool Proxies::lists(const Address& address) const {
    const auto bytes = bytes_of(address);
    return std::any_of(networks_.begin(), networks_.end(), [&](const auto& network) {
        return network.holds(bytes);
    });
}

Address Proxies::client_of(const Address& peer, const std::vector<std::string_view>& forwarded)
    const {
    Address client = plain(peer);
    for (auto header = forwarded.rbegin(); header != forwarded.rend(); ++header) {
        const auto parts = split(*header, ',');
        for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
            if (!lists(client)) return client;
            const auto before = address_of(trimmed(*part));
            if (!before) return client;
            client = *before;
        }
    }
    return client;
}

ProxyHeader ProxyHeader::read(std::string_view bytes) {
    constexpr std::string_view kBegin1 = "PROXY ";
    const auto begins = [&](std::string_view begin) {
        const auto count = std::min(bytes.size(), begin.size());
        return bytes.substr(0, count) == begin.substr(0, count);
    };
    if (begins(kSignature2))
        return bytes.size() < kSignature2.size() ? ProxyHeader{} : read_2(bytes);
    if (begins(kBegin1)) return bytes.size() < kBegin1.size() ? ProxyHeader{} : read_1(bytes);
    return {State::malformed};
}

}  // namespace duel::wsserver
