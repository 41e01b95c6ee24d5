#include "wsserver/net/upgrade.hpp"

#include <boost/beast/http/rfc7230.hpp>

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <stdexcept>

namespace duel::wsserver {
namespace {

namespace http = boost::beast::http;
using http::field;

constexpr std::string_view kOwnProtocol = "duel.v2";

std::string_view view(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

std::size_t count(const UpgradeRequest& request, field name) {
    const auto [first, last] = request.equal_range(name);
    return static_cast<std::size_t>(std::distance(first, last));
}

// 16 bytes in base64: 22 characters and "==" (RFC 6455, section 4.1).
bool is_key(std::string_view key) {
    if (key.size() != 24 || !key.ends_with("==")) return false;
    return std::all_of(key.begin(), key.end() - 2, [](unsigned char character) {
        return std::isalnum(character) != 0 || character == '+' || character == '/';
    });
}

std::vector<std::string> protocols_of(const UpgradeRequest& request) {
    std::vector<std::string> protocols;
    const auto [first, last] = request.equal_range(field::sec_websocket_protocol);
    for (auto header = first; header != last; ++header)
        for (const auto& part : comma_separated(view(header->value()))) {
            const auto begin = part.find_first_not_of(" \t");
            const auto end = part.find_last_not_of(" \t");
            if (begin != part.npos) protocols.push_back(part.substr(begin, end - begin + 1));
        }
    return protocols;
}

bool is_allowed_origin(const UpgradeRequest& request, const std::vector<std::string>& origins) {
    const auto origin = view(request[field::origin]);
    if (count(request, field::origin) == 0) return true;
    if (origin == "https://" + std::string{view(request[field::host])}) return true;
    return std::find(origins.begin(), origins.end(), origin) != origins.end();
}

UpgradeRefusal bad_request(std::string sentence) {
    return {400, Code::invalid_field, "request", std::move(sentence)};
}

// That we have read the key: its SHA-1 with a fixed text, in base64.
std::string accept_of(std::string_view key) {
    const std::string text = std::string{key} + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, 20> digest{};
    if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha1(), nullptr) != 1)
        throw std::runtime_error("SHA-1 failed in OpenSSL");
    std::array<unsigned char, 29> base64{};  // 28 characters and a zero
    EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(digest.size()));
    return {reinterpret_cast<const char*>(base64.data()), base64.size() - 1};
}

}  // namespace

std::variant<Upgrade, UpgradeRefusal> read_upgrade(
    const UpgradeRequest& request,
    const std::vector<std::string>& origins,
    std::size_t extra_bytes
) {
    if (request.version() != 11) return bad_request("HTTP/1.1 is wanted");
    if (count(request, field::transfer_encoding) > 0 || extra_bytes > 0 ||
        (count(request, field::content_length) > 0 && request[field::content_length] != "0"))
        return bad_request("a request without a body is wanted");
    for (const auto name : {field::host, field::sec_websocket_key, field::sec_websocket_version})
        if (count(request, name) > 1)
            return bad_request(std::string{view(http::to_string(name))} + " stands there twice");
    if (view(request[field::host]).empty()) return bad_request("Host is missing");

    auto target = Target::parse(view(request.target()));
    if (!target) return bad_request(target.error().sentence());
    auto found = match(target->path);
    if (!found)
        return UpgradeRefusal{404, Code::unknown_channel, "path", "there is nothing at this path"};
    if (request.method() != http::verb::get)
        return UpgradeRefusal{
            405, Code::invalid_field, "method", "GET is wanted", {{"Allow", "GET"}}};

    if (!http::token_list{request[field::connection]}.exists("upgrade") ||
        !http::token_list{request[field::upgrade]}.exists("websocket"))
        return UpgradeRefusal{
            426,
            Code::invalid_field,
            "no_upgrade",
            "this is a WebSocket",
            {{"Upgrade", "websocket"}}};
    if (request[field::sec_websocket_version] != "13")
        return UpgradeRefusal{
            426,
            Code::invalid_field,
            "version",
            "version 13 is wanted",
            {{"Sec-WebSocket-Version", "13"}}};
    if (!is_key(view(request[field::sec_websocket_key])))
        return bad_request("Sec-WebSocket-Key is no 16 bytes in base64");
    if (!is_allowed_origin(request, origins))
        return UpgradeRefusal{401, Code::forbidden, "origin", "this origin is not on the list"};

    Upgrade upgrade{
        std::move(*found),
        std::move(*target),
        std::string{view(request[field::sec_websocket_key])},
        {},
        {}};
    // Cut from the target before anybody sees it, wherever it stands.
    const auto query_token = upgrade.target.take("token");
    const auto protocols = protocols_of(request);
    const bool is_own = !protocols.empty() && protocols.front() == kOwnProtocol;
    if (!protocols.empty()) upgrade.protocol = protocols.front();
    if (is_own && protocols.size() > 1)
        upgrade.token = protocols[1];
    else if (!is_own && !protocols.empty())
        upgrade.token = protocols.front();
    // Only old clients know no better.
    if (upgrade.token.empty() && upgrade.match.endpoint->dialect == Dialect::v69)
        upgrade.token = query_token;
    return upgrade;
}

std::string answer_to(const Upgrade& upgrade) {
    auto answer = fmt::format(
        "HTTP/1.1 101 Switching Protocols\r\nServer: duelcast\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Accept: {}\r\n",
        accept_of(upgrade.key)
    );
    if (!upgrade.protocol.empty())
        answer += fmt::format("Sec-WebSocket-Protocol: {}\r\n", upgrade.protocol);
    return answer += "\r\n";
}

}  // namespace duel::wsserver
