#pragma once

#include "core/fields.hpp"
#include "core/time.hpp"
#include "core/topic.hpp"

#include <string>

namespace duel {

// A wallet left a contest: it keeps its portfolio there and is not ranked.
struct ParticipantLeft {
    static constexpr std::string_view kType = "participant_left";
    static constexpr Topic kTopic = Topic::trades;

    std::string contest_id{};
    std::string wallet_address{};
    std::string username{};
    Timestamp timestamp{};

    static constexpr auto fields() {
        return std::tuple{
            field("contest_id", &ParticipantLeft::contest_id, kId),
            field("wallet_address", &ParticipantLeft::wallet_address, kId),
            field("username", &ParticipantLeft::username, kText),
            field("timestamp", &ParticipantLeft::timestamp),
        };
    }
    bool operator==(const ParticipantLeft&) const = default;
};

}  // namespace duel
