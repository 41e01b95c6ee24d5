#pragma once

#include "core/amount.hpp"
#include "core/feed/kind.hpp"
#include "core/fields.hpp"
#include "core/time.hpp"
#include "core/words.hpp"

#include <optional>
#include <string>
#include <vector>

// What the feed says of a wallet's portfolio, in a contest or outside.
namespace duel::feed {

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

}  // namespace duel::feed
