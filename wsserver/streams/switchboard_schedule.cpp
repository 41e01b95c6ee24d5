#include "wsserver/streams/switchboard.hpp"

#include <algorithm>

// When something is due, and what has to be looked at now and then.
namespace duel::wsserver {
namespace {

constexpr Duration kSweepEvery = std::chrono::seconds{1};

}  // namespace

void Switchboard::settle(Now now) {
    if (now.steady >= next_sweep_) sweep(now);
    tokens_.flush(now, out_);
    monitor_.flush(now, out_);
    reschedule(now);
    // A price that goes out may make portfolios due, so the schedule is looked at again after each.
    while (!schedule_.empty() && schedule_.begin()->first <= now.steady) {
        auto* stream = schedule_.begin()->second;
        stream->flush(now, out_);
        stream->touch();
        reschedule(now);
    }
    service_.flush(now, out_);
}

void Switchboard::reschedule(Now now) {
    while (!board_.touched.empty()) {
        auto* stream = board_.touched.back();
        board_.touched.pop_back();
        stream->settled();
        auto& entry = streams_.at(stream->key());
        if (entry.portfolio != nullptr && stream->loaded()) connect_markets(*entry.portfolio, now);
        if (entry.scheduled) schedule_.erase({*entry.scheduled, stream});
        entry.scheduled = stream->due();
        if (entry.scheduled) schedule_.insert({*entry.scheduled, stream});
    }
}

Instant Switchboard::due() const {
    const auto next = std::min(
        {next_sweep_, tokens_.due().value_or(next_sweep_), monitor_.due().value_or(next_sweep_)}
    );
    return schedule_.empty() ? next : std::min(schedule_.begin()->first, next);
}

void Switchboard::connect_markets(PortfolioStream& portfolio, Now now) {
    if (portfolio.has_wanted_markets()) return;
    const auto wanted = portfolio.wanted_markets();
    std::vector<std::string> unwanted;
    for (const auto& [symbol, market] : portfolio.markets())
        if (!wanted.contains(symbol)) unwanted.push_back(symbol);
    for (const auto& symbol : unwanted)
        portfolio.disconnect(symbol);
    for (const auto& symbol : wanted) {
        if (portfolio.markets().contains(symbol)) continue;
        auto& market = *entry(Channel::market(symbol)).market;
        if (!market.loaded()) market.ask_snapshot(out_);
        portfolio.connect(market, now, out_);
    }
}

// Once a second: what has to be asked again, who waits too long for Postgres, what nobody follows
// any more, what is too old, who is silent.
void Switchboard::sweep(Now now) {
    next_sweep_ = now.steady + kSweepEvery;
    board_.recent.trim(now.steady);
    ask_tokens(now);
    exchanges_.look_for_silence(now, out_);
    reschedule(now);
    std::vector<ConnectionId> waiting;
    for (auto streams = streams_.begin(); streams != streams_.end();) {
        auto& entry = streams->second;
        for (const auto who : entry.stream->waiting_since(now.steady - board_.settings.patience))
            waiting.push_back(who);
        if (entry.portfolio != nullptr && entry.portfolio->wants_baseline(now)) {
            entry.portfolio->asked_for_baseline(now);
            out_.asks.push_back({.what = Ask::What::baseline, .channel = entry.stream->channel()});
        }
        const bool is_needed = entry.market != nullptr ? entry.market->is_needed()
                                                       : !entry.stream->subscribers().empty();
        if (is_needed) {
            entry.idle_since.reset();
        } else if (!entry.idle_since) {
            entry.idle_since = now.steady;
        } else if (now.steady - *entry.idle_since >= board_.settings.linger) {
            if (entry.scheduled) schedule_.erase({*entry.scheduled, entry.stream.get()});
            streams = streams_.erase(streams);
            continue;
        }
        ++streams;
    }
    for (const auto who : waiting) {
        const auto found = connections_.find(who);
        if (found == connections_.end()) continue;
        out_.deliveries.push_back(
            {who,
             error_message(
                 found->second->peer.dialect,
                 {Code::processing_error,
                  "the read model does not answer now; reconnect with your cursors later"},
                 now.wall
             )}
        );
        out_.closings.push_back({who, 1013, "the read model does not answer"});
        close(who);
    }
}

}  // namespace duel::wsserver
