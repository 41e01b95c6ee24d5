#pragma once

#include "core/fields.hpp"
#include "core/time.hpp"
#include "core/topic.hpp"

#include <optional>
#include <string>

namespace duel {

// The contest is over: its last ranking becomes the final standings.
struct ContestCompleted {
    static constexpr std::string_view kType = "contest_completed";
    static constexpr Topic kTopic = Topic::trades;

    std::string contest_id{};
    std::optional<std::string> reason{};
    Timestamp timestamp{};

    static constexpr auto fields() {
        return std::tuple{
            field("contest_id", &ContestCompleted::contest_id, kId),
            field("reason", &ContestCompleted::reason, kText),
            field("timestamp", &ContestCompleted::timestamp),
        };
    }
    bool operator==(const ContestCompleted&) const = default;
};

}  // namespace duel
