#pragma once

// Makes ticks of what one source observes: symbols, times and what is known already.
//
// - A trade becomes a tick with size, side and the exchange's id; one that is known is dropped.
// - A quote or ticker becomes a tick without size, unless the market's latest tick had its price.
//   The first one of a connection tells how things stood, maybe since long ago: it is of the past.
// - The past that an exchange tells when we subscribe counts as volume only where a trade of the
//   market was seen before, to fill the hole of a reconnect; else it is a price without size.
// - The exchange's time is the timestamp, the time of arrival where it gives none. A time that is
//   further ahead of the arrival than the tolerance becomes arrival + tolerance.
// - A live price that is older than `stale_after` on arrival is held back.
//
// The clock comes from outside. One thread.

#include "core/events/price.hpp"
#include "ingest/rules/observation.hpp"
#include "ingest/rules/trade_memory.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace duel::ingest {

// A market that a source follows, and the symbol it is of.
struct Market {
    std::string name;  // as the exchange spells it
    std::string symbol;
};

struct TickRules {
    std::chrono::milliseconds clock_tolerance{5'000};
    std::chrono::milliseconds stale_after{30'000};
    std::size_t trades_remembered{100'000};
};

class TickMaker {
public:
    struct Counts {
        std::uint64_t ticks{0};
        std::uint64_t repeated{0};   // trades known by their id or time
        std::uint64_t unchanged{0};  // quotes at the latest price
        std::uint64_t clamped{0};    // times beyond the tolerance
        std::uint64_t stale{0};      // held back
        std::uint64_t missed{0};     // trades in gaps of ids, frames in gaps of numbers
        std::uint64_t strangers{0};  // of markets that nobody asked for
    };

    enum class Verdict { tick, known, stale, stranger };

    // `source` goes into every tick.
    TickMaker(std::string source, const std::vector<Market>& markets, TickRules rules);

    // Fills `out` where the verdict is `tick`, else only symbol and price. What `out` held before
    // is used again.
    Verdict make(const Observation& seen, Timestamp arrival, Price& out);
    // The tick just made was not sent: a quote that repeats its price will be a tick again, but for
    // the ticker of a trade that is known. False where the one that was held back before had the
    // same price.
    bool hold_back(const Observation& seen);

    // The number of a message of the connection, where the exchange counts them.
    void on_number(std::uint64_t number);
    void reconnected();

    const Counts& counts() const { return counts_; }
    // How much older than its arrival the newest live observation was; below 0 for a clock ahead of
    // ours.
    std::chrono::microseconds delay() const { return delay_; }

private:
    struct Known {
        std::string symbol;
        std::size_t index;
        Amount latest{};
        Amount held_back{};      // 0: nothing since the price was another one
        bool has_a_hole{false};  // trades between two connections may be missing
        bool has_quote{false};   // of this connection
    };

    bool is_known(const Observation& seen, Known& market);
    Timestamp time_of(const Observation& seen, Timestamp arrival);

    std::string source_;
    TickRules rules_;
    std::map<std::string, Known, std::less<>> markets_;
    TradeMemory memory_;
    std::optional<std::uint64_t> last_number_{};
    Counts counts_{};
    std::chrono::microseconds delay_{0};
};

}  // namespace duel::ingest
