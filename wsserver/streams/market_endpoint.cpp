#include "wsserver/streams/streams.hpp"

#include <algorithm>

namespace duel::wsserver {
namespace {

constexpr std::array<std::string_view, 6> kIntervals{"1m", "5m", "15m", "1h", "4h", "1d"};

Result<void> check_intervals(const std::vector<std::string>& intervals) {
    for (const auto& interval : intervals)
        if (std::find(kIntervals.begin(), kIntervals.end(), interval) == kIntervals.end())
            return Error{
                Code::invalid_field,
                "intervals",
                excerpt(interval),
                "some of 1m, 5m, 15m, 1h, 4h, 1d"};
    return {};
}

Result<std::vector<std::string>> intervals_from(const Target& target) {
    const auto* text = target.last("intervals");
    if (text == nullptr) return Options{}.intervals;
    auto intervals = comma_separated(*text);
    if (const auto checked = check_intervals(intervals); !checked) return checked.error();
    return intervals;
}

}  // namespace

Result<std::vector<std::string>> intervals_of(const Demand& demand) {
    if (!demand.fields.contains("intervals")) return Options{}.intervals;
    auto intervals = texts_of(demand, "intervals");
    if (!intervals) return intervals.error();
    if (const auto checked = check_intervals(*intervals); !checked) return checked.error();
    return intervals;
}

// /api/v2/ws/market?symbols=A,B&intervals=1m,1h&since=
Result<Opening> open_market(const Asked& asked) {
    const auto* text = asked.target.last("symbols");
    const auto symbols = text == nullptr ? std::vector<std::string>{} : comma_separated(*text);
    if (symbols.empty())
        return Error{Code::invalid_field, "symbols", "", "symbols with commas between"};
    if (symbols.size() > asked.most_subscriptions)
        return Error{
            Code::too_many_subscriptions,
            "symbols",
            std::to_string(symbols.size()),
            "at most " + std::to_string(asked.most_subscriptions)};
    const auto intervals = intervals_from(asked.target);
    if (!intervals) return intervals.error();

    Opening opening;
    for (const auto& symbol : symbols) {
        if (const auto id = id_from("symbols", symbol); !id) return id.error();
        opening.wishes.push_back({Channel::market(symbol), {.intervals = *intervals}});
    }
    opening.since = Since::parse(asked.target.all("since"));
    return opening;
}

}  // namespace duel::wsserver
