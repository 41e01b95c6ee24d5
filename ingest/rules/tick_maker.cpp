#include "ingest/rules/tick_maker.hpp"

#include <utility>

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
    out.price = seen.price;
    const bool is_first_quote = !seen.size && !std::exchange(market.has_quote, true);
    const bool is_live = !seen.is_past && !is_first_quote;
    if (seen.at && is_live) delay_ = arrival - *seen.at;
    if (is_known(seen, market)) return Verdict::known;
    if (seen.at && is_live && arrival - *seen.at > rules_.stale_after) {
        ++counts_.stale;
        return Verdict::stale;
    }
    market.latest = seen.price;
    if (seen.price != market.held_back) market.held_back = {};
    out.source = source_;
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

bool TickMaker::hold_back(const Observation& seen) {
    auto& market = markets_.find(seen.market)->second;
    market.latest = {};
    return std::exchange(market.held_back, seen.price) != seen.price;
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
    for (auto& [name, market] : markets_) {
        market.has_a_hole = memory_.knows(market.index);
        market.has_quote = false;
    }
    last_number_.reset();
}

}  // namespace duel::ingest
