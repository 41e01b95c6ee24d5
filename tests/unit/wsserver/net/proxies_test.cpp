#include "wsserver/net/proxies.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace duel::wsserver;  // NOLINT(google-build-using-namespace)

namespace {

using State = ProxyHeader::State;

Proxies::Address address(const char* text) {
    return boost::asio::ip::make_address(text);
}

const Proxies& some() {
    static const Proxies proxies{{"10.0.0.0/8", "192.0.2.7", "fd00::/8", "::1"}};
    return proxies;
}

std::string client(const char* peer, const std::vector<std::string_view>& forwarded) {
    return some().client_of(address(peer), forwarded).to_string();
}

// "203.0.113.7 of 40", "itself of 28", "more" or "bad".
std::string header(std::string_view bytes) {
    const auto found = ProxyHeader::read(bytes);
    if (found.state == State::incomplete) return "more";
    if (found.state == State::malformed) return "bad";
    return (found.client ? found.client->to_string() : "itself") + " of " +
           std::to_string(found.bytes);
}

std::string version_2(char command, char family, std::string_view rest) {
    std::string bytes{"\r\n\r\n\0\r\nQUIT\n", 12};
    bytes += command;
    bytes += family;
    bytes += static_cast<char>(rest.size() >> 8U);
    bytes += static_cast<char>(rest.size());
    return bytes.append(rest);
}

}  // namespace

TEST_CASE("listed are addresses and networks", "[proxies]") {
    for (const auto* text :
         {"10.0.0.0", "10.1.2.3", "10.255.255.255", "192.0.2.7", "fd12::1", "::1"})
        REQUIRE(some().lists(address(text)));
    for (const auto* text : {"11.0.0.1", "192.0.2.8", "fe80::1", "127.0.0.1", "::2"})
        REQUIRE_FALSE(some().lists(address(text)));
    REQUIRE(some().lists(address("::ffff:10.1.2.3")));
    REQUIRE_FALSE(Proxies{{}}.lists(address("10.1.2.3")));
    for (const auto* text : {"", "localhost", "10.0.0.0/33", "10.0.0", "fd00::/129"})
        REQUIRE_THROWS_AS(Proxies{{text}}, std::invalid_argument);
}

TEST_CASE("the client is the last address that no listed proxy has", "[proxies]") {
    REQUIRE(client("10.0.0.1", {"203.0.113.7"}) == "203.0.113.7");
    REQUIRE(client("10.0.0.1", {"203.0.113.7, 10.0.0.2"}) == "203.0.113.7");
    REQUIRE(client("10.0.0.1", {"203.0.113.7", "10.0.0.2 ,192.0.2.7"}) == "203.0.113.7");
    REQUIRE(client("10.0.0.1", {"2001:db8::1"}) == "2001:db8::1");
    REQUIRE(client("10.0.0.1", {"[2001:db8::1]"}) == "2001:db8::1");
}

TEST_CASE("what others say, or what a client said before, is not believed", "[proxies]") {
    REQUIRE(client("203.0.113.9", {"198.51.100.1"}) == "203.0.113.9");
    REQUIRE(client("10.0.0.1", {"198.51.100.1, 203.0.113.7"}) == "203.0.113.7");
    REQUIRE(client("10.0.0.1", {"10.9.9.9", "203.0.113.7"}) == "203.0.113.7");
    REQUIRE(client("10.0.0.1", {"198.51.100.1, nonsense"}) == "10.0.0.1");
    REQUIRE(client("10.0.0.1", {}) == "10.0.0.1");
    REQUIRE(client("10.0.0.1", {""}) == "10.0.0.1");
}

TEST_CASE("headers of the PROXY protocol, version 1", "[proxies]") {
    const std::string whole = "PROXY TCP4 203.0.113.7 192.0.2.1 51234 443\r\n";
    REQUIRE(header(whole + "\x16\x03") == "203.0.113.7 of " + std::to_string(whole.size()));
    for (std::size_t i = 0; i < whole.size(); ++i)
        REQUIRE(header(whole.substr(0, i)) == "more");
    REQUIRE(header("PROXY TCP6 2001:db8::1 ::1 1 2\r\n") == "2001:db8::1 of 32");
    REQUIRE(header("PROXY UNKNOWN\r\n") == "itself of 15");
    for (const auto* text :
         {"\x16\x03\x01",
          "GET / HTTP/1.1\r\n",
          "PROXY TCP4 203.0.113.7\r\n",
          "PROXY TCP4 elsewhere 192.0.2.1 1 2\r\n",
          "PROXY UDP4 203.0.113.7 192.0.2.1 1 2\r\n"})
        REQUIRE(header(text) == "bad");
    REQUIRE(header("PROXY TCP4 " + std::string(200, '1')) == "bad");
}

TEST_CASE("headers of the PROXY protocol, version 2", "[proxies]") {
    const std::string ports{"\x01\x02\x03\x04", 4};
    const auto four =
        version_2(0x21, 0x11, std::string("\xCB\x00\x71\x07\xC0\x00\x02\x01", 8) + ports);
    REQUIRE(header(four) == "203.0.113.7 of 28");
    for (std::size_t i = 0; i < four.size(); ++i)
        REQUIRE(header(four.substr(0, i)) == "more");
    std::string six(32, '\0');
    six[0] = '\x20', six[15] = 1;
    REQUIRE(header(version_2(0x21, 0x21, six + ports + "more")) == "2000::1 of 56");
    REQUIRE(header(version_2(0x20, 0, "")) == "itself of 16");
    REQUIRE(header(version_2(0x21, 0x31, std::string(216, 'x'))) == "itself of 232");
    REQUIRE(header(version_2(0x21, 0x11, "short")) == "bad");
    REQUIRE(header(version_2(0x11, 0x11, std::string(12, 'x'))) == "bad");
    REQUIRE(header(version_2(0x22, 0x11, std::string(12, 'x'))) == "bad");
    REQUIRE(header(version_2(0x21, 0x11, std::string(600, 'x'))) == "bad");
}
