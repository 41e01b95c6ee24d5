#pragma once

#include "core/amount.hpp"
#include "core/fields.hpp"
#include "core/time.hpp"
#include "core/topic.hpp"
#include "core/words.hpp"

#include <optional>
#include <string>

namespace duel {

// A tick: one price observation of a symbol. With `size` it was a market trade and counts as
// volume, of `side` when that is known and of neither side otherwise.
struct Price {
    static constexpr std::string_view kType = "price";
    static constexpr Topic kTopic = Topic::prices;

    std::string symbol{};
    Amount price{};
    std::optional<Amount> size{};
    std::optional<Side> side{};
    std::optional<std::string> source{};
    std::optional<std::string> tick_id{};  // a label: equal ones are different ticks
    Timestamp timestamp{};

    static constexpr auto fields() {
        return std::tuple{
            field("symbol", &Price::symbol, kId),
            field("price", &Price::price, AmountRule::positive),
            field("size", &Price::size, AmountRule::positive),
            field("side", &Price::side),
            field("source", &Price::source, kText),
            field("tick_id", &Price::tick_id, kId),
            field("timestamp", &Price::timestamp),
        };
    }
    bool operator==(const Price&) const = default;
};

}  // namespace duel
