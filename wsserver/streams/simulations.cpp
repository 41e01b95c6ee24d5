#include "wsserver/streams/simulations.hpp"

#include <algorithm>

namespace duel::wsserver {
namespace {

SimulatedWorld world_of(const Opening& opening) {
    auto portfolio = Channel::portfolio("simulated-0", std::string{kSimulatedContest});
    std::vector<std::string> symbols;
    for (const auto& wish : opening.wishes) {
        if (wish.channel.kind == Channel::Kind::portfolio) portfolio = wish.channel;
        if (wish.channel.kind == Channel::Kind::market) symbols.push_back(wish.channel.name);
        if (wish.channel.kind == Channel::Kind::contest && !wish.options.viewer.empty())
            portfolio.wallet = wish.options.viewer;
    }
    if (symbols.empty()) symbols = {"COIN", "SIM"};
    return {opening.simulation->seed, portfolio, std::string{kSimulatedContest}, symbols};
}

}  // namespace

void Simulations::open(ConnectionId who, const Opening& opening, Now now) {
    auto& one = all_[who];
    one = std::make_unique<One>(settings_, world_of(opening));
    const std::chrono::duration<double> every{1 / opening.simulation->rate};
    one->every = std::chrono::duration_cast<Duration>(every);
    one->next = now.steady + one->every;
    one->board.on_epoch(one->world.epoch(), now);
    one->board.open(who, opening, now);
}

void Simulations::congested(ConnectionId who) {
    if (const auto found = all_.find(who); found != all_.end()) found->second->board.congested(who);
}

void Simulations::drained(ConnectionId who, Now now) {
    if (const auto found = all_.find(who); found != all_.end())
        found->second->board.drained(who, now);
}

void Simulations::written(ConnectionId who, Now now) {
    if (const auto found = all_.find(who); found != all_.end())
        found->second->board.written(who, now);
}

Instant Simulations::due() const {
    auto due = Instant::max();
    for (const auto& [who, one] : all_)
        due = std::min({due, one->next, one->board.due()});
    return due;
}

void Simulations::settle(Now now, Output& out) {
    for (auto& [who, one] : all_) {
        if (one->next <= now.steady) {
            // What was slept through is not made good.
            one->next = std::max(one->next + one->every, now.steady);
            std::string text;
            for (const auto& record : one->world.step(now.wall)) {
                text.clear();
                feed::encode(record, text);
                one->board.on_record(text, 0, now).value();
            }
            one->board.on_epoch(one->world.epoch(), now);
        }
        settle(*one, now, out);
    }
}

// Until the switchboard has no more questions.
void Simulations::settle(One& one, Now now, Output& out) {
    const auto& world = one.world;
    while (true) {
        one.board.settle(now);
        auto part = one.board.take_output();
        std::move(
            part.deliveries.begin(), part.deliveries.end(), std::back_inserter(out.deliveries)
        );
        std::move(part.closings.begin(), part.closings.end(), std::back_inserter(out.closings));
        if (part.asks.empty()) return;
        for (const auto& ask : part.asks)
            switch (ask.what) {
                case Ask::What::snapshot:
                    one.board.on_snapshot(
                        ask.channel, ask.ticket, world.snapshot(ask.channel, now.wall), now
                    );
                    break;
                case Ask::What::events:
                    one.board.on_events(ask.channel, ask.who, world.no_events(ask.after), now);
                    break;
                case Ask::What::epoch:
                    one.board.on_epoch(world.epoch(), now);
                    break;
                case Ask::What::portfolios:
                case Ask::What::baseline:
                case Ask::What::tokens:
                    break;
            }
    }
}

}  // namespace duel::wsserver
