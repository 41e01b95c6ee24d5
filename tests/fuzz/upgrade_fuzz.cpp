#include "tests/fuzz/target.hpp"
#include "wsserver/net/upgrade.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>

#include <optional>

// The upgrade request: the first byte says where the others are cut in two.
namespace duel::fuzz {
namespace {

namespace http = boost::beast::http;
using namespace duel::wsserver;  // NOLINT(google-build-using-namespace)

constexpr std::uint32_t kMaxHeaderBytes = 16'384;  // as in arrival.cpp

struct Read {
    std::optional<UpgradeRequest> request{};  // none: it is broken, or more is wanted
    std::size_t extra_bytes = 0;
};

// As async_read_header() does: what the parser leaves is offered again with what comes.
Read read(std::string_view bytes, std::size_t cut) {
    http::request_parser<http::empty_body> parser;
    parser.header_limit(kMaxHeaderBytes);
    parser.body_limit(0);
    std::size_t used = 0;
    for (const auto end : {cut, bytes.size()}) {
        boost::system::error_code error;
        while (!error && !parser.is_header_done() && used < end)
            used += parser.put(boost::asio::buffer(bytes.data() + used, end - used), error);
        if (error && error != http::error::need_more) return {};
    }
    if (!parser.is_header_done()) return {};
    return {parser.get(), bytes.size() - used};
}

std::string_view view(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

void check_answer(const Upgrade& upgrade) {
    const auto text = answer_to(upgrade);
    http::response_parser<http::empty_body> parser;
    boost::system::error_code error;
    std::size_t used = 0;
    while (!error && !parser.is_header_done() && used < text.size())
        used += parser.put(boost::asio::buffer(text.data() + used, text.size() - used), error);
    require(!error && parser.is_header_done() && used == text.size(), "the answer is HTTP");
    const auto& answer = parser.get();
    require(answer.result_int() == 101, "the answer is 101");
    require(
        view(answer[http::field::sec_websocket_protocol]) == upgrade.protocol,
        "the subprotocol is the one that was offered"
    );
    const auto fields = static_cast<std::size_t>(std::distance(answer.begin(), answer.end()));
    require(fields == (upgrade.protocol.empty() ? 4U : 5U), "nobody slips in a field");
}

void check(const Upgrade& upgrade) {
    require(upgrade.target.last("token") == nullptr, "the token is cut from the target");
    require(upgrade.key.size() == 24, "the key has 24 characters");
    check_answer(upgrade);
    const Identity identity{"w1", "", true};
    const auto opening =
        upgrade.match.endpoint->open({upgrade.match.id, upgrade.target, identity, 100});
    if (!opening) return require(!opening.error().sentence().empty(), "a refusal has a sentence");
    for (const auto& wish : opening->wishes)
        require_channel(wish.channel);
}

std::string outcome(const Read& read) {
    if (!read.request) return "none";
    const auto decided = read_upgrade(*read.request, {"https://duel.example"}, read.extra_bytes);
    if (const auto* refusal = std::get_if<UpgradeRefusal>(&decided)) {
        require(refusal->status >= 400 && refusal->status < 500, "a refusal is the client's fault");
        return std::to_string(refusal->status) + refusal->sentence;
    }
    const auto& upgrade = std::get<Upgrade>(decided);
    check(upgrade);
    return upgrade.target.path + upgrade.token + upgrade.protocol;
}

}  // namespace

void try_input(std::string_view bytes) {
    if (bytes.empty()) return;
    const auto request = bytes.substr(1);
    const auto cut = request.size() * static_cast<unsigned char>(bytes[0]) / 256;
    require(
        outcome(read(request, request.size())) == outcome(read(request, cut)),
        "a request in pieces is the same request"
    );
}

}  // namespace duel::fuzz
