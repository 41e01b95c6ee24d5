#pragma once

#include "core/amount.hpp"
#include "core/fields.hpp"
#include "core/time.hpp"
#include "core/topic.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace duel {

// A contest was announced. It takes trades only after its ContestStarted; who joins starts with
// `starting_balance` in cash. `starts_at` and `ends_at` are what was planned and decide nothing.
struct ContestCreated {
    static constexpr std::string_view kType = "contest_created";
    static constexpr Topic kTopic = Topic::trades;

    std::string contest_id{};
    std::string name{};
    Amount starting_balance{};
    Amount prize_pool{};
    Timestamp starts_at{};
    Timestamp ends_at{};
    std::optional<std::int64_t> rounds{};
    Timestamp timestamp{};

    static constexpr auto fields() {
        return std::tuple{
            field("contest_id", &ContestCreated::contest_id, kId),
            field("name", &ContestCreated::name, kText),
            field("starting_balance", &ContestCreated::starting_balance, AmountRule::not_negative),
            field("prize_pool", &ContestCreated::prize_pool, AmountRule::not_negative),
            field("starts_at", &ContestCreated::starts_at),
            field("ends_at", &ContestCreated::ends_at),
            field("rounds", &ContestCreated::rounds, kCount),
            field("timestamp", &ContestCreated::timestamp),
        };
    }
    bool operator==(const ContestCreated&) const = default;
};

}  // namespace duel
