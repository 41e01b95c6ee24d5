#pragma once

#include "core/fields.hpp"
#include "core/time.hpp"
#include "core/topic.hpp"
#include "core/words.hpp"

#include <string>

namespace duel {

// What the operators tell every client about the service. The newest replaces the older.
struct Announcement {
    static constexpr std::string_view kType = "announcement";
    static constexpr Topic kTopic = Topic::status;
    static constexpr std::string_view kKey =
        "announcement";  // all share it, so that compaction keeps one

    ServiceStatus status{ServiceStatus::online};
    std::string message{};
    Timestamp timestamp{};

    static constexpr auto fields() {
        return std::tuple{
            field("status", &Announcement::status),
            field("message", &Announcement::message, kText),
            field("timestamp", &Announcement::timestamp),
        };
    }
    bool operator==(const Announcement&) const = default;
};

}  // namespace duel
