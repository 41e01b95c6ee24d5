#pragma once

#include "core/fields.hpp"
#include "core/time.hpp"
#include "core/topic.hpp"

#include <optional>
#include <string>

namespace duel {

// From here on the contest takes trades.
struct ContestStarted {
    static constexpr std::string_view kType = "contest_started";
    static constexpr Topic kTopic = Topic::trades;

    std::string contest_id{};
    std::optional<std::string> reason{};
    Timestamp timestamp{};

    static constexpr auto fields() {
        return std::tuple{
            field("contest_id", &ContestStarted::contest_id, kId),
            field("reason", &ContestStarted::reason, kText),
            field("timestamp", &ContestStarted::timestamp),
        };
    }
    bool operator==(const ContestStarted&) const = default;
};

}  // namespace duel
