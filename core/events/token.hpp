#pragma once

#include "core/amount.hpp"
#include "core/fields.hpp"
#include "core/time.hpp"
#include "core/topic.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace duel {

// What is known of a symbol beside its price. The newest is the later in the log.
struct Token {
    static constexpr std::string_view kType = "token";
    static constexpr Topic kTopic = Topic::prices;

    std::string symbol{};
    std::string name{};
    std::optional<std::int64_t> decimals{};
    std::optional<std::string> image_url{};
    std::optional<Amount> supply{};
    Timestamp timestamp{};

    static constexpr auto fields() {
        return std::tuple{
            field("symbol", &Token::symbol, kId),
            field("name", &Token::name, kText),
            field("decimals", &Token::decimals, WholeRule{0, 255}),
            field("image_url", &Token::image_url, kText),
            field("supply", &Token::supply, AmountRule::not_negative),
            field("timestamp", &Token::timestamp),
        };
    }
    bool operator==(const Token&) const = default;
};

}  // namespace duel
