#pragma once

#include <string_view>

namespace duel {

// The topics that events come from (`feed` and `dead-letters` are written by Duelcast itself).
enum class Topic { trades, prices, status };

// The topic's name in Kafka.
constexpr std::string_view text(Topic topic) {
    switch (topic) {
        case Topic::trades:
            return "trades";
        case Topic::prices:
            return "prices";
        case Topic::status:
            return "status";
    }
    return "";
}

}  // namespace duel
