#pragma once

#include "core/amount.hpp"
#include "core/fields.hpp"
#include "core/time.hpp"
#include "core/words.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace duel {
class JsonDocument;
}

// The records of topic `feed`: what the projector tells the WebSocket servers. Key: Channel::key().
//
// On a channel records come in the order of `seq`, events before the states of the same batch.
// After a crash some come twice: readers drop events with a seq up to the channel's last event, and
// states older than the newest of their type.
namespace duel::feed {

// An event happened and must reach everybody once; a state replaces the older one of its type.
enum class Kind { event, state };
std::string_view text(Kind kind);

// Latest price of a symbol and its last 24 hours.
struct Price {
    static constexpr std::string_view kType = "price";
    static constexpr Kind kKind = Kind::state;

    std::string symbol{};
    Amount price{};
    std::optional<Amount> change_24h{};  // percent
    Amount volume_24h{};
    Amount high_24h{};
    Amount low_24h{};
    Timestamp at{};

    static constexpr auto fields() {
        return std::tuple{
            field("symbol", &Price::symbol, kAnyText),
            field("price", &Price::price, AmountRule::any),
            field("change_24h", &Price::change_24h, AmountRule::any),
            field("volume_24h", &Price::volume_24h, AmountRule::any),
            field("high_24h", &Price::high_24h, AmountRule::any),
            field("low_24h", &Price::low_24h, AmountRule::any),
            field("at", &Price::at),
        };
    }
    bool operator==(const Price&) const = default;
};

// A candle, while it is open and once more when it closes.
struct Volume {
    static constexpr std::string_view kType = "volume";
    static constexpr Kind kKind = Kind::state;

    std::string symbol{};
    std::string interval{};  // "1m"
    Timestamp opened_at{};
    Amount open{};
    Amount high{};
    Amount low{};
    Amount close{};
    Amount volume{};  // units of the symbol
    Amount buy_volume{};
    Amount sell_volume{};
    std::int64_t trades_count{0};
    bool closed{false};

    static constexpr auto fields() {
        return std::tuple{
            field("symbol", &Volume::symbol, kAnyText),
            field("interval", &Volume::interval, kAnyText),
            field("opened_at", &Volume::opened_at),
            field("open", &Volume::open, AmountRule::any),
            field("high", &Volume::high, AmountRule::any),
            field("low", &Volume::low, AmountRule::any),
            field("close", &Volume::close, AmountRule::any),
            field("volume", &Volume::volume, AmountRule::any),
            field("buy_volume", &Volume::buy_volume, AmountRule::any),
            field("sell_volume", &Volume::sell_volume, AmountRule::any),
            field("trades_count", &Volume::trades_count, kAnyWhole),
            field("closed", &Volume::closed),
        };
    }
    bool operator==(const Volume&) const = default;
};

// Who pushed the market over the last hour.
struct Sentiment {
    static constexpr std::string_view kType = "sentiment";
    static constexpr Kind kKind = Kind::state;

    std::string symbol{};
    Amount sentiment_score{};  // -1 to 1
    Amount buy_pressure{};     // 0 to 1
    Amount sell_pressure{};    // 0 to 1
    VolumeTrend volume_trend{VolumeTrend::stable};
    Timestamp at{};

    static constexpr auto fields() {
        return std::tuple{
            field("symbol", &Sentiment::symbol, kAnyText),
            field("sentiment_score", &Sentiment::sentiment_score, AmountRule::any),
            field("buy_pressure", &Sentiment::buy_pressure, AmountRule::any),
            field("sell_pressure", &Sentiment::sell_pressure, AmountRule::any),
            field("volume_trend", &Sentiment::volume_trend),
            field("at", &Sentiment::at),
        };
    }
    bool operator==(const Sentiment&) const = default;
};

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

// A trade, for the wallet that made it.
struct Trade {
    static constexpr std::string_view kType = "trade";
    static constexpr Kind kKind = Kind::event;

    std::string trade_id{};
    std::string wallet_address{};
    std::optional<std::string> contest_id{};
    std::string symbol{};
    Side side{Side::buy};
    Amount amount{};
    Amount price{};
    Amount fee{};
    Amount realized_pnl{};
    Timestamp at{};

    static constexpr auto fields() {
        return std::tuple{
            field("trade_id", &Trade::trade_id, kAnyText),
            field("wallet_address", &Trade::wallet_address, kAnyText),
            field("contest_id", &Trade::contest_id, kAnyText),
            field("symbol", &Trade::symbol, kAnyText),
            field("side", &Trade::side),
            field("amount", &Trade::amount, AmountRule::any),
            field("price", &Trade::price, AmountRule::any),
            field("fee", &Trade::fee, AmountRule::any),
            field("realized_pnl", &Trade::realized_pnl, AmountRule::any),
            field("at", &Trade::at),
        };
    }
    bool operator==(const Trade&) const = default;
};

struct PositionRow {
    std::string symbol{};
    Amount quantity{};  // 0: the position is flat now
    Amount cost{};
    Amount mark{};

    static constexpr auto fields() {
        return std::tuple{
            field("symbol", &PositionRow::symbol, kAnyText),
            field("quantity", &PositionRow::quantity, AmountRule::any),
            field("cost", &PositionRow::cost, AmountRule::any),
            field("mark", &PositionRow::mark, AmountRule::any),
        };
    }
    bool operator==(const PositionRow&) const = default;
};

// What a portfolio holds; of its positions only those that changed. Its value is not here: readers
// work it out from the marks with core/valuation.hpp.
struct Portfolio {
    static constexpr std::string_view kType = "portfolio";
    static constexpr Kind kKind = Kind::state;

    std::string wallet_address{};
    std::optional<std::string> contest_id{};
    Amount cash{};
    Amount put_in{};
    Amount realized_pnl{};
    Amount fees{};
    std::optional<Timestamp> last_trade_at{};
    std::vector<PositionRow> positions{};

    static constexpr auto fields() {
        return std::tuple{
            field("wallet_address", &Portfolio::wallet_address, kAnyText),
            field("contest_id", &Portfolio::contest_id, kAnyText),
            field("cash", &Portfolio::cash, AmountRule::any),
            field("put_in", &Portfolio::put_in, AmountRule::any),
            field("realized_pnl", &Portfolio::realized_pnl, AmountRule::any),
            field("fees", &Portfolio::fees, AmountRule::any),
            field("last_trade_at", &Portfolio::last_trade_at),
            field("positions", &Portfolio::positions),
        };
    }
    bool operator==(const Portfolio&) const = default;
};

// THE list of bodies.
using Body =
    std::variant<Price, Volume, Sentiment, Contest, Leaderboard, Activity, Trade, Portfolio>;

// What stands before every body.
struct Head {
    std::string channel{};  // Channel::key()
    std::string epoch{};
    std::string shard{};  // "contest/3"
    std::uint64_t seq{0};
    std::optional<std::uint64_t>
        prev_seq;  // events only: the event before on the channel, 0 for the first

    bool operator==(const Head&) const = default;
};

struct Record {
    Head head;
    Body body;

    bool operator==(const Record&) const = default;
};

std::string_view type_of(const Body& body);
Kind kind_of(const Body& body);

// Appends the record as JSON; amounts are numbers with their exact digits.
void encode(const Head& head, const Body& body, std::string& out);
inline void encode(const Record& record, std::string& out) {
    encode(record.head, record.body, out);
}

// Reads records of the feed. Holds buffers that it uses again: one per thread. Unknown fields are
// ignored.
class Decoder {
public:
    Decoder();
    ~Decoder();
    Decoder(Decoder&&) noexcept;
    Decoder& operator=(Decoder&&) noexcept;

    Result<Record> decode(std::string_view record);

private:
    std::unique_ptr<JsonDocument> document_;
};

}  // namespace duel::feed
