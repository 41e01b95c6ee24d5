#pragma once

// A small world for tests of clients: prices that walk, a wallet that trades, and a contest that is
// announced, goes through three rounds and ends.
//
// It speaks as the feed and the read model do, so clients see it through the same streams as the
// real one. The same seed, the same world. Every kCycle steps it begins again under another epoch.
// Pure; one thread.

#include "core/channel.hpp"
#include "core/feed.hpp"
#include "wsserver/streams/snapshot.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace duel::wsserver {

inline constexpr std::string_view kSimulatedContest = "simulated";

class SimulatedWorld {
public:
    static constexpr int kCycle = 100;
    static constexpr int kActiveFrom = 5;
    static constexpr int kActiveUntil = 95;
    static constexpr std::size_t kParticipants = 10;

    // `portfolio` is the channel of the wallet that takes part; `contest_id` the contest.
    SimulatedWorld(
        std::uint64_t seed,
        Channel portfolio,
        std::string contest_id,
        const std::vector<std::string>& symbols
    );

    // What happens next, in the order of the feed.
    std::vector<feed::Record> step(Timestamp now);

    std::string epoch() const;
    Snapshot snapshot(const Channel& channel, Timestamp now) const;
    EventsPage no_events(std::uint64_t after) const { return {epoch(), seq_, after, 0, true, {}}; }

private:
    struct Market {
        std::int64_t cents = 10'000;
        std::int64_t volume = 0;  // of the minute, in whole units
        std::int64_t trades = 0;
        Timestamp minute{};
    };
    struct Trader {
        std::string wallet;
        std::int64_t cash_cents = 100'000;
        std::map<std::string, std::int64_t> quantities;  // whole units
        std::map<std::string, std::int64_t> costs;       // cents
        std::optional<Timestamp> last_trade{};
    };

    std::uint64_t random(std::uint64_t below);
    void begin_again();
    void move_prices(Timestamp now, std::vector<feed::Record>& out);
    void trade(Trader& trader, Timestamp now, std::vector<feed::Record>& out);
    void add(const Channel& channel, feed::Body body, std::vector<feed::Record>& out);

    feed::Price price(const std::string& symbol, Timestamp now) const;
    feed::Volume volume(const std::string& symbol) const;
    feed::Sentiment sentiment(const std::string& symbol, Timestamp now) const;
    feed::Contest contest(Timestamp now) const;
    feed::Portfolio portfolio(const Trader& trader) const;
    std::vector<feed::LeaderboardRow> ranking() const;
    std::int64_t equity_cents(const Trader& trader) const;

    std::uint64_t seed_;
    std::uint64_t random_;
    Channel portfolio_;
    Channel contest_;
    std::map<std::string, Market> markets_;
    std::vector<Trader> traders_;  // the first is the client's wallet
    int step_ = 0;
    int cycle_ = 0;
    std::uint64_t seq_ = 0;
    std::map<std::string, std::uint64_t> last_events_;  // by channel key
};

}  // namespace duel::wsserver
