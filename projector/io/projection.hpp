#pragma once

#include "platform/postgres.hpp"
#include "projector/io/control.hpp"
#include "projector/io/meters.hpp"
#include "projector/io/process.hpp"
#include "projector/rules/shard.hpp"

#include <functional>
#include <memory>

namespace duel::projector {

// One taken shard at work: batch after batch, each applied, written in one transaction, then told.
//
// Anything thrown leaves the state ahead of Postgres: drop the object and recover.
class Projection {
public:
    // `connection` holds the shard's lock. Recovers the state, and tells first what an earlier
    // owner left untold.
    static std::unique_ptr<Projection> make(
        const Process& process,
        const ShardId& shard,
        platform::Connection& connection,
        const ShardPosition& position,
        Meters& meters,
        platform::Heartbeat& heartbeat,
        int& probe_batches
    );
    virtual ~Projection() = default;

    // For as long as `goes_on` holds; then everything told is acknowledged and noted.
    virtual void run(const std::function<bool()>& goes_on) = 0;
};

}  // namespace duel::projector
