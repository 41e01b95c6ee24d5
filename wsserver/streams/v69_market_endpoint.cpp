#include "wsserver/streams/streams.hpp"

namespace duel::wsserver {

// /api/v69/ws/market-data?symbols=A,B&intervals=1m&since=, where no symbols are none for now.
Result<Opening> open_v69_market(const Asked& asked) {
    return asked.target.last("symbols") == nullptr ? Opening{} : open_market(asked);
}

// {"type":"subscribe","symbols":["SOL"],"intervals"?:["1m"]} and unsubscribe.
Result<Change> heed_v69_market(const Demand& demand, const Identity&) {
    const bool is_more = is_type(demand, "subscribe");
    if (!is_more && !is_type(demand, "unsubscribe"))
        return unknown_demand(demand, "subscribe, unsubscribe, ping or authenticate");
    const auto symbols = texts_of(demand, "symbols");
    if (!symbols) return symbols.error();
    const auto intervals = intervals_of(demand);
    if (!intervals) return intervals.error();
    Change change;
    for (const auto& symbol : *symbols) {
        if (const auto id = id_from("symbols", symbol); !id)
            change.refused.push_back({id.error(), "market:" + excerpt(symbol)});
        else if (is_more)
            change.add.wishes.push_back({Channel::market(symbol), {.intervals = *intervals}});
        else
            change.remove.push_back(Channel::market(symbol));
    }
    return change;
}

}  // namespace duel::wsserver
