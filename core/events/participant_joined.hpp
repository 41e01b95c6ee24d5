#pragma once

#include "core/fields.hpp"
#include "core/time.hpp"
#include "core/topic.hpp"

#include <string>

namespace duel {

// A wallet entered a contest and may trade in it, or came back to the portfolio that it left.
struct ParticipantJoined {
    static constexpr std::string_view kType = "participant_joined";
    static constexpr Topic kTopic = Topic::trades;

    std::string contest_id{};
    std::string wallet_address{};
    std::string username{};
    Timestamp timestamp{};

    static constexpr auto fields() {
        return std::tuple{
            field("contest_id", &ParticipantJoined::contest_id, kId),
            field("wallet_address", &ParticipantJoined::wallet_address, kId),
            field("username", &ParticipantJoined::username, kText),
            field("timestamp", &ParticipantJoined::timestamp),
        };
    }
    bool operator==(const ParticipantJoined&) const = default;
};

}  // namespace duel
