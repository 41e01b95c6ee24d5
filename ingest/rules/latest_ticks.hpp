#pragma once

// What waits while Kafka takes nothing: the newest tick of each symbol.

#include "core/event.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace duel::ingest {

class LatestTicks {
public:
    // True where an older tick of the symbol was dropped for it.
    bool keep(const Price& tick);

    // Takes one out, by symbol; nothing where none waits.
    std::optional<Price> take();

    bool empty() const { return ticks_.empty(); }
    std::size_t size() const { return ticks_.size(); }

private:
    std::map<std::string, Price, std::less<>> ticks_;
};

}  // namespace duel::ingest
