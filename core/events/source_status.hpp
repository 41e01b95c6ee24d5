#pragma once

#include "core/amount.hpp"
#include "core/fields.hpp"
#include "core/time.hpp"
#include "core/topic.hpp"
#include "core/words.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace duel {

// How the connection to one exchange stands.
struct SourceStatus {
    static constexpr std::string_view kType = "source_status";
    static constexpr Topic kTopic = Topic::status;

    std::string source{};
    Breaker breaker{Breaker::closed};
    Timestamp since{};                                  // of the breaker's present state
    std::int64_t failures{0};                           // in a row
    std::optional<std::int64_t> failure_threshold{};    // as many open it
    std::optional<std::int64_t> recovery_timeout_ms{};  // the longest that it stays open
    std::optional<std::string> last_error{};
    Amount messages_per_second{};
    Amount delay_ms{};  // how old messages are when they arrive; below 0 where the exchange's clock
                        // is ahead of ours
    Timestamp timestamp{};

    static constexpr auto fields() {
        return std::tuple{
            field("source", &SourceStatus::source, kId),
            field("breaker", &SourceStatus::breaker),
            field("since", &SourceStatus::since),
            field("failures", &SourceStatus::failures, kCount),
            field("failure_threshold", &SourceStatus::failure_threshold, kCount),
            field("recovery_timeout_ms", &SourceStatus::recovery_timeout_ms, kCount),
            field("last_error", &SourceStatus::last_error, kText),
            field(
                "messages_per_second", &SourceStatus::messages_per_second, AmountRule::not_negative
            ),
            field("delay_ms", &SourceStatus::delay_ms, AmountRule::any),
            field("timestamp", &SourceStatus::timestamp),
        };
    }
    bool operator==(const SourceStatus&) const = default;
};

}  // namespace duel
