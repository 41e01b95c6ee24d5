#include "wsserver/net/upgrade.hpp"

#include <catch2/catch.hpp>

using namespace duel::wsserver;
namespace http = boost::beast::http;

namespace {

UpgradeRequest request(std::string_view target) {
    UpgradeRequest asked{http::verb::get, {target.data(), target.size()}, 11};
    asked.set(http::field::host, "localhost:8443");
    asked.set(http::field::connection, "keep-alive, Upgrade");
    asked.set(http::field::upgrade, "websocket");
    asked.set(http::field::sec_websocket_version, "13");
    asked.set(http::field::sec_websocket_key, "dGhlIHNhbXBsZSBub25jZQ==");
    return asked;
}

// "v2_contest id=c1 token=T echo=T", or "404 path".
std::string outcome(
    const UpgradeRequest& asked,
    const std::vector<std::string>& origins = {},
    std::size_t extra_bytes = 0
) {
    const auto read = read_upgrade(asked, origins, extra_bytes);
    if (const auto* refusal = std::get_if<UpgradeRefusal>(&read))
        return std::to_string(refusal->status) + ' ' + refusal->reason;
    const auto& upgrade = std::get<Upgrade>(read);
    return std::string{upgrade.match.endpoint->name} + " id=" + upgrade.match.id +
           " token=" + upgrade.token + " echo=" + upgrade.protocol;
}

// "mode=diff top=5 ", as the endpoint sees it.
std::string query(const UpgradeRequest& asked) {
    std::string text;
    const auto read = read_upgrade(asked, {}, 0);
    for (const auto& [name, value] : std::get<Upgrade>(read).target.query)
        text += name + '=' + value + ' ';
    return text;
}

}  // namespace

TEST_CASE("every endpoint of the table is found by its path", "[upgrade]") {
    REQUIRE(outcome(request("/api/v2/ws/portfolio")) == "v2_portfolio id= token= echo=");
    REQUIRE(outcome(request("/api/v2/ws/contest/c1?top=5")) == "v2_contest id=c1 token= echo=");
    REQUIRE(outcome(request("/api/v2/ws/contest/a%2Fb")) == "v2_contest id=a/b token= echo=");
    REQUIRE(outcome(request("/api/v2/ws/market?symbols=A")) == "v2_market id= token= echo=");
}

TEST_CASE("other paths are not found", "[upgrade]") {
    for (const auto* path :
         {"/", "/api/v2/ws/portfolio/", "/api/v2/ws/contest/", "/api/v2/ws/markets"})
        REQUIRE(outcome(request(path)) == "404 path");
}

TEST_CASE("a token as the only subprotocol is echoed", "[upgrade]") {
    auto asked = request("/api/v2/ws/portfolio");
    asked.set(http::field::sec_websocket_protocol, "a.b.c");
    REQUIRE(outcome(asked) == "v2_portfolio id= token=a.b.c echo=a.b.c");
}

TEST_CASE("with duel.v2 before it the token is not echoed", "[upgrade]") {
    auto asked = request("/api/v2/ws/portfolio");
    asked.set(http::field::sec_websocket_protocol, "duel.v2, a.b.c");
    REQUIRE(outcome(asked) == "v2_portfolio id= token=a.b.c echo=duel.v2");
    asked.set(http::field::sec_websocket_protocol, "duel.v2");
    REQUIRE(outcome(asked) == "v2_portfolio id= token= echo=duel.v2");
}

TEST_CASE("on v69 a token may stand in the query, and is gone from it", "[upgrade]") {
    const auto asked = request("/api/v69/ws/contest/c1?token=a.b.c&top=5&token=d.e.f");
    REQUIRE(outcome(asked) == "v69_contest id=c1 token=d.e.f echo=");
    REQUIRE(query(asked) == "top=5 ");
    auto both = request("/api/v69/ws/portfolio?token=d.e.f");
    both.set(http::field::sec_websocket_protocol, "a.b.c");
    REQUIRE(outcome(both) == "v69_portfolio id= token=a.b.c echo=a.b.c");
}

TEST_CASE("on v2 a token in the query is no token, and is gone all the same", "[upgrade]") {
    const auto asked = request("/api/v2/ws/portfolio?token=a.b.c&mode=diff");
    REQUIRE(outcome(asked) == "v2_portfolio id= token= echo=");
    REQUIRE(query(asked) == "mode=diff ");
}

TEST_CASE("a target that is refused never shows its query", "[upgrade]") {
    for (const auto* target :
         {"https://x/api/v69/ws/monitor?token=secret", "/api/v69/ws/monitor?token=secret%zz"}) {
        const auto read = read_upgrade(request(target), {}, 0);
        REQUIRE(std::get<UpgradeRefusal>(read).sentence.find("secret") == std::string::npos);
    }
}

TEST_CASE("bodies, transfer encodings and early bytes are refused", "[upgrade]") {
    auto asked = request("/api/v2/ws/portfolio");
    asked.set(http::field::content_length, "5");
    REQUIRE(outcome(asked) == "400 request");
    asked.set(http::field::content_length, "0");
    REQUIRE(outcome(asked) == "v2_portfolio id= token= echo=");
    asked.set(http::field::transfer_encoding, "chunked");
    REQUIRE(outcome(asked) == "400 request");
    REQUIRE(outcome(request("/api/v2/ws/portfolio"), {}, 1) == "400 request");
}

TEST_CASE(
    "a request that is no WebSocket's gets the HTTP error that says what is missing",
    "[upgrade]"
) {
    auto asked = request("/api/v2/ws/portfolio");
    asked.erase(http::field::upgrade);
    REQUIRE(outcome(asked) == "426 no_upgrade");
    asked = request("/api/v2/ws/portfolio");
    asked.set(http::field::sec_websocket_version, "8");
    REQUIRE(outcome(asked) == "426 version");
    asked = request("/api/v2/ws/portfolio");
    asked.set(http::field::sec_websocket_key, "short");
    REQUIRE(outcome(asked) == "400 request");
    asked = request("/api/v2/ws/portfolio");
    asked.method(http::verb::post);
    REQUIRE(outcome(asked) == "405 method");
    asked = request("/api/v2/ws/portfolio");
    asked.version(10);
    REQUIRE(outcome(asked) == "400 request");
}

TEST_CASE("a header that decides may stand there once only", "[upgrade]") {
    for (const auto name : {http::field::host, http::field::sec_websocket_key}) {
        auto asked = request("/api/v2/ws/portfolio");
        asked.insert(name, "dGhlIHNhbXBsZSBub25jZQ==");
        REQUIRE(outcome(asked) == "400 request");
    }
}

TEST_CASE("origins are checked exactly, and no origin is no browser", "[upgrade]") {
    const auto from = [](const char* origin) {
        auto asked = request("/api/v2/ws/portfolio");
        asked.set(http::field::origin, origin);
        return outcome(asked, {"https://play.example"});
    };
    REQUIRE(from("https://localhost:8443") == "v2_portfolio id= token= echo=");
    REQUIRE(from("https://play.example") == "v2_portfolio id= token= echo=");
    for (const auto* origin :
         {"https://play.example.evil",
          "http://play.example",
          "https://play.example:444",
          "null",
          ""})
        REQUIRE(from(origin) == "401 origin");
}

TEST_CASE("a broken target is a bad request", "[upgrade]") {
    for (const auto* target :
         {"/api/v2/ws/market?symbols=%",
          "/api/v2/ws/market?symbols=%zz",
          "/api/v2/ws/market?symbols=%FF",
          "/api/v2/ws/market?a=%00"})
        REQUIRE(outcome(request(target)) == "400 request");
}

TEST_CASE("the answer shows that the key was read", "[upgrade]") {
    auto asked = request("/api/v2/ws/portfolio");
    asked.set(http::field::sec_websocket_protocol, "a.b.c");
    const auto answer = answer_to(std::get<Upgrade>(read_upgrade(asked, {}, 0)));
    REQUIRE(answer.starts_with("HTTP/1.1 101 "));
    // RFC 6455, section 1.3.
    REQUIRE(
        answer.find("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n") != answer.npos
    );
    REQUIRE(answer.ends_with("\r\nSec-WebSocket-Protocol: a.b.c\r\n\r\n"));
}
