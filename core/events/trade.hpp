#pragma once

#include "core/amount.hpp"
#include "core/fields.hpp"
#include "core/time.hpp"
#include "core/topic.hpp"
#include "core/valuation.hpp"
#include "core/words.hpp"

#include <optional>
#include <string>

namespace duel {

// One executed exchange by a wallet; a fact, never undone. Without a contest it belongs to the
// wallet's main portfolio.
struct Trade {
    static constexpr std::string_view kType = "trade";
    static constexpr Topic kTopic = Topic::trades;

    std::string trade_id{};  // unique within its contest, or within its wallet outside contests
    std::optional<std::string> contest_id{};
    std::string wallet_address{};
    std::string symbol{};
    Side side{Side::buy};
    Amount amount{};  // of the symbol
    Amount price{};   // in the quote currency
    Amount fee{};     // in the quote currency; absent is 0
    Timestamp timestamp{};

    static constexpr auto fields() {
        return std::tuple{
            field("trade_id", &Trade::trade_id, kId),
            field("contest_id", &Trade::contest_id, kId),
            field("wallet_address", &Trade::wallet_address, kId),
            field("symbol", &Trade::symbol, kId),
            field("side", &Trade::side),
            field("amount", &Trade::amount, AmountRule::positive),
            field("price", &Trade::price, AmountRule::positive),
            defaulted("fee", &Trade::fee, AmountRule::not_negative),
            field("timestamp", &Trade::timestamp),
        };
    }
    // What no single field shows: amount × price must stay within the range of amounts.
    static std::optional<Error> check(const Trade& trade) {
        if (position_value(trade.amount, trade.price)) return std::nullopt;
        return Error{
            Code::invalid_field,
            "amount",
            trade.amount.text() + " × " + trade.price.text(),
            "amount × price below 10^20"};
    }

    bool operator==(const Trade&) const = default;
};

}  // namespace duel
