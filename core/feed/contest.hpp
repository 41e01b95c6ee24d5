#pragma once

#include "core/amount.hpp"
#include "core/feed/kind.hpp"
#include "core/fields.hpp"
#include "core/time.hpp"
#include "core/words.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What the feed says of a contest.
namespace duel::feed {

// A contest as its page shows it.
struct Contest {
    static constexpr std::string_view kType = "contest";
    static constexpr Kind kKind = Kind::state;

    std::string contest_id{};
    std::string name{};
    ContestStatus status{ContestStatus::upcoming};
    std::optional<std::int64_t> rounds{};
    std::optional<std::int64_t> current_round{};
    std::int64_t total_participants{0};
    Amount prize_pool{};
    Timestamp starts_at{};
    Timestamp ends_at{};
    Timestamp now{};  // event time of the shard

    static constexpr auto fields() {
        return std::tuple{
            field("contest_id", &Contest::contest_id, kAnyText),
            field("name", &Contest::name, kAnyText),
            field("status", &Contest::status),
            field("rounds", &Contest::rounds, kAnyWhole),
            field("current_round", &Contest::current_round, kAnyWhole),
            field("total_participants", &Contest::total_participants, kAnyWhole),
            field("prize_pool", &Contest::prize_pool, AmountRule::any),
            field("starts_at", &Contest::starts_at),
            field("ends_at", &Contest::ends_at),
            field("now", &Contest::now),
        };
    }
    bool operator==(const Contest&) const = default;
};

struct LeaderboardRow {
    std::int64_t rank{0};
    std::string wallet_address{};
    std::string username{};
    std::optional<Amount> portfolio_value{};  // empty beyond the range of amounts
    Amount performance{};                     // percent
    std::optional<Timestamp> last_trade_time{};

    static constexpr auto fields() {
        return std::tuple{
            field("rank", &LeaderboardRow::rank, kAnyWhole),
            field("wallet_address", &LeaderboardRow::wallet_address, kAnyText),
            field("username", &LeaderboardRow::username, kAnyText),
            field("portfolio_value", &LeaderboardRow::portfolio_value, AmountRule::any),
            field("performance", &LeaderboardRow::performance, AmountRule::any),
            field("last_trade_time", &LeaderboardRow::last_trade_time),
        };
    }
    bool operator==(const LeaderboardRow&) const = default;
};

// A ranking, as its difference to the one before: rows that changed, wallets that are ranked no
// more. At most 2,000 rows a record; `more` says that another part with the same seq follows.
struct Leaderboard {
    static constexpr std::string_view kType = "leaderboard";
    static constexpr Kind kKind = Kind::state;
    static constexpr std::size_t kMaxRows = 2'000;

    std::string contest_id{};
    Timestamp ranked_at{};
    std::vector<LeaderboardRow> rows{};
    std::vector<std::string> removed{};
    bool more{false};

    static constexpr auto fields() {
        return std::tuple{
            field("contest_id", &Leaderboard::contest_id, kAnyText),
            field("ranked_at", &Leaderboard::ranked_at),
            field("rows", &Leaderboard::rows),
            field("removed", &Leaderboard::removed),
            field("more", &Leaderboard::more),
        };
    }
    bool operator==(const Leaderboard&) const = default;
};

// Somebody joined, left or traded in a contest. The last four only for trades.
struct Activity {
    static constexpr std::string_view kType = "activity";
    static constexpr Kind kKind = Kind::event;

    std::string contest_id{};
    std::string wallet_address{};
    std::string username{};
    ActivityType activity_type{ActivityType::join};
    std::optional<std::string> symbol{};
    std::optional<Side> side{};
    std::optional<Amount> amount{};
    std::optional<Amount> price{};
    Timestamp at{};

    static constexpr auto fields() {
        return std::tuple{
            field("contest_id", &Activity::contest_id, kAnyText),
            field("wallet_address", &Activity::wallet_address, kAnyText),
            field("username", &Activity::username, kAnyText),
            field("activity_type", &Activity::activity_type),
            field("symbol", &Activity::symbol, kAnyText),
            field("side", &Activity::side),
            field("amount", &Activity::amount, AmountRule::any),
            field("price", &Activity::price, AmountRule::any),
            field("at", &Activity::at),
        };
    }
    bool operator==(const Activity&) const = default;
};

}  // namespace duel::feed
