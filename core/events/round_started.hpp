#pragma once

#include "core/fields.hpp"
#include "core/time.hpp"
#include "core/topic.hpp"

#include <cstdint>
#include <string>

namespace duel {

// A round of a contest began: `current_round` for its readers, nothing else.
struct RoundStarted {
    static constexpr std::string_view kType = "round_started";
    static constexpr Topic kTopic = Topic::trades;

    std::string contest_id{};
    std::int64_t round{0};
    Timestamp timestamp{};

    static constexpr auto fields() {
        return std::tuple{
            field("contest_id", &RoundStarted::contest_id, kId),
            field("round", &RoundStarted::round, kCount),
            field("timestamp", &RoundStarted::timestamp),
        };
    }
    bool operator==(const RoundStarted&) const = default;
};

}  // namespace duel
