#pragma once

#include "platform/kafka.hpp"
#include "platform/shutdown.hpp"
#include "projector/io/arrival.hpp"
#include "projector/io/journal.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace duel::projector {

// Reads the records of a shard again, stretch by stretch of its journal, in the order of the first
// time. Unlike Intake it knows what is to come, so it never has to guess whether something is late.
class StretchReader {
public:
    StretchReader(const platform::KafkaSettings& kafka, const ShardId& shard);
    ~StretchReader();

    // From now on the records of this stretch, from these offsets on.
    void begin(const JournalRow& stretch, const Offsets& from);

    // The next records of the stretch, about `most`. Empty at its end, and when asked to stop.
    // Throws LogMismatch where the log does not have them any more.
    Chunk take(std::size_t most, const platform::Shutdown& shutdown);

private:
    struct Lane;

    bool stands_at(const Offsets& from) const;
    bool fill(Lane& lane);
    Lane* smallest_head();

    std::string name_;
    platform::Consumer consumer_;
    ArrivalReader arrival_reader_;
    std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace duel::projector
