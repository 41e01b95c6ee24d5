#include "ingest/rules/tick_maker.hpp"

namespace duel::ingest {

TickMaker::TickMaker(std::string source, const std::vector<Market>& markets, TickRules rules)
    : source_{std::move(source)}, rules_{rules}, memory_{rules.trades_remembered} {
    for (const auto& market : markets)
        markets_.try_emplace(market.name, Known{market.symbol, markets_.size()});
}

TickMaker::Verdict TickMaker::make(const Observation& seen, Timestamp arrival, Price& out) {
    const auto found = markets_.find(seen.market);
    if (found == markets_.end()) {
        ++counts_.strangers;
        return Verdict::stranger;
    }
    auto& market = found->second;
    out.symbol = market.symbol;
    if (seen.at && !seen.is_past) delay_ = arrival - *seen.at;
    if (!seen.is_past && seen.at && arrival - *seen.at > rules_.stale_after) {
        ++counts_.stale;
        return Verdict::stale;
    }
    if (is_known(seen, market)) return Verdict::known;
    market.latest = seen.price;
    out.source = source_;
    out.price = seen.price;
    out.timestamp = time_of(seen, arrival);
    out.size.reset();
    out.side.reset();
    out.tick_id.reset();
    if (seen.size) {
        if (seen.trade_id) out.tick_id = std::to_string(*seen.trade_id);
        if (!seen.is_past || market.has_a_hole) {
            out.size = seen.size;
            out.side = seen.side;
        }
    }
    ++counts_.ticks;
    return Verdict::tick;
}

bool TickMaker::is_known(const Observation& seen, Known& market) {
    if (!seen.size) {
        const bool is_told = seen.trade_id && memory_.knows(market.index, *seen.trade_id);
        if (!is_told && seen.price != market.latest) return false;
        ++counts_.unchanged;
        return true;
    }
    bool is_new = true;
    if (seen.trade_id) {
        const auto answer = memory_.see(market.index, *seen.trade_id, seen.ids);
        is_new = answer.is_new;
        counts_.missed += answer.missed;
    } else if (seen.at) {
        is_new = memory_.see(market.index, *seen.at);
    }
    if (!is_new) ++counts_.repeated;
    return !is_new;
}

Timestamp TickMaker::time_of(const Observation& seen, Timestamp arrival) {
    if (!seen.at) return arrival;
    const auto latest = arrival + rules_.clock_tolerance;
    if (*seen.at <= latest) return *seen.at;
    ++counts_.clamped;
    return latest;
}

void TickMaker::on_number(std::uint64_t number) {
    if (last_number_ && number > *last_number_ + 1) counts_.missed += number - *last_number_ - 1;
    last_number_ = number;
}

void TickMaker::reconnected() {
    memory_.reconnected();
    for (auto& [name, market] : markets_)
        market.has_a_hole = memory_.knows(market.index);
    last_number_.reset();
}

}  // namespace duel::ingest
