#pragma once

// Connections that follow a simulated world each, instead of the real one.
//
// Each has a switchboard of its own, fed by its world and answered by it, so pace, order, modes and
// limits are those of the real streams. Connections that are not simulated are ignored. Pure; one
// thread.

#include "wsserver/streams/simulated_world.hpp"
#include "wsserver/streams/switchboard.hpp"

#include <map>
#include <memory>

namespace duel::wsserver {

class Simulations {
public:
    explicit Simulations(const StreamSettings& settings) : settings_(settings) {}

    // `opening` asks for a simulation.
    void open(ConnectionId who, const Opening& opening, Now now);
    void close(ConnectionId who) { all_.erase(who); }
    void congested(ConnectionId who);
    void drained(ConnectionId who, Now now);
    void written(ConnectionId who, Now now);

    // Lets the worlds go on as far as they should have by now.
    void settle(Now now, Output& out);
    // Instant::max() where there are none.
    Instant due() const;

private:
    struct One {
        One(const StreamSettings& settings, SimulatedWorld&& its_world)
            : board(settings), world(std::move(its_world)) {}

        Switchboard board;
        SimulatedWorld world;
        Duration every{};
        Instant next{};
    };

    static void settle(One& one, Now now, Output& out);

    StreamSettings settings_;
    std::map<ConnectionId, std::unique_ptr<One>> all_;
};

}  // namespace duel::wsserver
