#pragma once

// How far the reading of a topic is behind its end, in time.
//
// A partition is behind from the moment when it last was caught up, or for the age of the newest
// record worked off, whichever is shorter: so a log in which nothing happens is never behind, and a
// record after a long silence is not taken for an old one. Thread-safe.

#include "wsserver/streams/now.hpp"

#include <cstdint>
#include <map>
#include <mutex>

namespace duel::wsserver {

class FeedProgress {
public:
    // Read from here on; what is known of the time before is forgotten.
    void begin(std::int32_t partition, Now now);
    // Records up to before `next` were given out to be worked off.
    void handed(std::int32_t partition, std::int64_t next);
    // They were; the last of them was appended then.
    void worked_off(std::int32_t partition, std::int64_t next, std::int64_t log_time_ms);

    // `at_end`: nothing is there that was not read. How long it is behind now.
    Duration behind(std::int32_t partition, bool at_end, Now now);

private:
    struct Place {
        Instant caught_up;
        std::int64_t handed = 0;
        std::int64_t done = 0;
        std::int64_t log_time_ms = 0;  // of the newest record worked off
    };

    std::mutex mutex_;
    std::map<std::int32_t, Place> places_;
};

}  // namespace duel::wsserver
