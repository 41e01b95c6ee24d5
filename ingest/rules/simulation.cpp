#include "ingest/rules/simulation.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace duel::ingest {
namespace {

constexpr auto kOpenEnd =
    std::chrono::days{7};  // announced end of a contest that goes on until stopped
constexpr unsigned kTradesInHundred = 30;

std::string label(const SimulationPlan& plan, std::int64_t step) {
    const auto start = std::chrono::floor<std::chrono::milliseconds>(plan.start);
    return fmt::format("sim-{}-{}", start.time_since_epoch().count(), step);
}

}  // namespace

std::string simulated_contest_id(Timestamp start) {
    return fmt::format("sim-{:%Y%m%d-%H%M%S}", std::chrono::floor<std::chrono::seconds>(start));
}

Simulation::Simulation(SimulationPlan plan)
    : plan_{std::move(plan)},
      random_{plan_.seed},
      market_{plan_.symbols},
      bots_{plan_.wallets, plan_.symbols.size(), random_} {
    prepare();
}

void Simulation::prepare() {
    for (std::size_t index = 0; index < market_.size(); ++index) {
        Token token = market_.token(index);
        token.timestamp = plan_.start;
        prepared_.emplace_back(std::move(token));
    }

    ContestCreated created;
    created.timestamp = plan_.start;
    created.contest_id = plan_.contest_id;
    created.name = fmt::format("Simulated contest (seed {})", plan_.seed);
    created.starting_balance = amount_of(SimulatedBots::kStartingBalance);
    created.prize_pool = Amount::from_integer(1'000);
    created.starts_at = plan_.start;
    created.ends_at = plan_.start + kOpenEnd;
    if (plan_.steps)
        created.ends_at = plan_.start + static_cast<std::int64_t>(*plan_.steps) * plan_.step;
    prepared_.emplace_back(std::move(created));

    for (const SimulatedBot& bot : bots_.all()) {
        ParticipantJoined joined;
        joined.timestamp = plan_.start;
        joined.contest_id = plan_.contest_id;
        joined.wallet_address = bot.wallet_address;
        joined.username = bot.username;
        prepared_.emplace_back(std::move(joined));
    }

    ContestStarted started;
    started.timestamp = plan_.start;
    started.contest_id = plan_.contest_id;
    prepared_.emplace_back(std::move(started));
}

std::optional<Event> Simulation::next() {
    if (!prepared_.empty()) {
        Event event = std::move(prepared_.front());
        prepared_.pop_front();
        return event;
    }
    if (plan_.steps && static_cast<std::uint64_t>(step_) >= *plan_.steps) finish();
    if (phase_ == Phase::over) return std::nullopt;
    if (phase_ == Phase::ending) {
        phase_ = Phase::over;
        ContestCompleted completed;
        completed.timestamp = now();
        completed.contest_id = plan_.contest_id;
        return completed;
    }
    return step();
}

void Simulation::finish() {
    if (phase_ == Phase::running) phase_ = Phase::ending;
}

std::optional<double> Simulation::fraction() const {
    if (!plan_.steps) return std::nullopt;
    if (*plan_.steps == 0) return 1.0;
    return static_cast<double>(step_) / static_cast<double>(*plan_.steps);
}

Event Simulation::step() {
    const Timestamp at = now();
    const std::int64_t number = step_++;
    if (random_.chance(kTradesInHundred)) {
        if (std::optional<Trade> trade = bots_.trade(market_, random_)) {
            trade->timestamp = at;
            trade->contest_id = plan_.contest_id;
            trade->trade_id = label(plan_, number);
            return *std::move(trade);
        }
    }
    Price price = market_.tick(random_);
    price.timestamp = at;
    price.tick_id = label(plan_, number);
    return price;
}

}  // namespace duel::ingest
