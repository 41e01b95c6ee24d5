#include "wsserver/streams/streams.hpp"

namespace duel::wsserver {
namespace {

Change change_of(TokenDemand demand) {
    Change change;
    change.tokens = std::move(demand);
    return change;
}

}  // namespace

// /api/v69/ws/token-data
Result<Opening> open_v69_tokens(const Asked&) {
    return Opening{.notice = Notice::tokens};
}

// {"type":"get_all_tokens"}, {"type":"subscribe_tokens","symbols":["SOL"]} and unsubscribe_tokens.
Result<Change> heed_v69_tokens(const Demand& demand, const Identity&) {
    if (is_type(demand, "get_all_tokens")) return change_of({TokenDemand::What::all, {}});
    const bool is_more = is_type(demand, "subscribe_tokens");
    if (!is_more && !is_type(demand, "unsubscribe_tokens"))
        return unknown_demand(
            demand, "get_all_tokens, subscribe_tokens, unsubscribe_tokens, ping or authenticate"
        );
    auto symbols = texts_of(demand, "symbols");
    if (!symbols) return symbols.error();
    for (const auto& symbol : *symbols)
        if (const auto id = id_from("symbols", symbol); !id) return id.error();
    const auto what = is_more ? TokenDemand::What::subscribe : TokenDemand::What::unsubscribe;
    return change_of({what, std::move(*symbols)});
}

}  // namespace duel::wsserver
