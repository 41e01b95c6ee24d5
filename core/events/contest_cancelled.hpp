#pragma once

#include "core/fields.hpp"
#include "core/time.hpp"
#include "core/topic.hpp"

#include <optional>
#include <string>

namespace duel {

// The contest was called off, before or after its start. It has no final standings.
struct ContestCancelled {
    static constexpr std::string_view kType = "contest_cancelled";
    static constexpr Topic kTopic = Topic::trades;

    std::string contest_id{};
    std::optional<std::string> reason{};
    Timestamp timestamp{};

    static constexpr auto fields() {
        return std::tuple{
            field("contest_id", &ContestCancelled::contest_id, kId),
            field("reason", &ContestCancelled::reason, kText),
            field("timestamp", &ContestCancelled::timestamp),
        };
    }
    bool operator==(const ContestCancelled&) const = default;
};

}  // namespace duel
