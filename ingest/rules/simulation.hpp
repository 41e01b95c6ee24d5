#pragma once

// A simulated market and a contest of bots that trade on it.
//
// Same plan, same events: event n happens at start + n × step, and everything else comes from the
// seed. No clock is read here; whoever sends the events keeps the pace.

#include "core/event.hpp"
#include "ingest/rules/random.hpp"
#include "ingest/rules/simulated_bots.hpp"
#include "ingest/rules/simulated_market.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace duel::ingest {

struct SimulationPlan {
    std::uint64_t seed{1};
    std::vector<std::string> symbols;
    std::size_t wallets{};
    Timestamp start{};
    std::chrono::microseconds step{};
    // Ticks and trades until the contest completes. Empty: it goes on until somebody ends it.
    std::optional<std::uint64_t> steps{};
    std::string contest_id;
};

// "sim-20251113-191512": the contest of a simulation that starts then, unless it is given a name.
std::string simulated_contest_id(Timestamp start);

class Simulation {
public:
    explicit Simulation(SimulationPlan plan);

    // First the tokens, the contest, its participants and its start; then ticks and trades, about
    // three ticks a trade; at the end the contest's completion. After that nothing. Ids of trades
    // and ticks contain the start, so a second simulation repeats none of them.
    std::optional<Event> next();

    // Ends the contest at the next step instead: next() then gives its completion, and nothing
    // more.
    void finish();

    // Part of the planned steps that is done; empty when it has no end.
    std::optional<double> fraction() const;

private:
    void prepare();
    Event step();
    Timestamp now() const { return plan_.start + step_ * plan_.step; }

    SimulationPlan plan_;
    Random random_;
    SimulatedMarket market_;
    SimulatedBots bots_;
    std::deque<Event> prepared_;
    std::int64_t step_{0};
    enum class Phase { running, ending, over } phase_{Phase::running};
};

}  // namespace duel::ingest
