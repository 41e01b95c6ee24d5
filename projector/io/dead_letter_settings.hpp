#pragma once

// What `duel-projector dead-letters` is asked to do.

#include "core/time.hpp"
#include "platform/settings.hpp"
#include "projector/rules/limits.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace duel::projector {

enum class DeadLetterAction { list, show, replay };

// Where a record stands in the log, written "trades/3:17".
struct RecordPlace {
    std::string topic;
    std::int32_t partition{0};
    std::int64_t offset{0};

    friend bool operator==(const RecordPlace&, const RecordPlace&) = default;
};

// Nothing for a text that is no place of a record in `trades` or `prices`.
std::optional<RecordPlace> parse_place(std::string_view text);
std::string text(const RecordPlace& place);

// The oldest log time that is wanted: a time, or how long ago.
struct Since {
    Timestamp at{};
};

struct DeadLetterSettings {
    platform::Secret postgres;
    DeadLetterAction action = DeadLetterAction::list;
    std::optional<RecordPlace> place;
    // Of list; empty: any.
    std::string topic;
    std::string code;
    std::optional<Since> since;
    std::size_t limit = 50;
    // Of show.
    bool raw = false;
    // Of replay.
    std::string with;                            // a file; empty: the record as it was
    std::chrono::milliseconds patience{10'000};  // for the projector's verdict
    Limits limits;
};

void offer(platform::SettingTable& table, DeadLetterSettings& letters);

}  // namespace duel::projector

namespace duel::platform {

template <>
struct SettingValue<projector::RecordPlace> {
    static std::optional<projector::RecordPlace> read(std::string_view text) {
        return projector::parse_place(text);
    }
    static std::string text(const projector::RecordPlace& place) { return projector::text(place); }
    static std::string wanted() { return "a place such as trades/3:17"; }
};

template <>
struct SettingValue<projector::Since> {
    static std::optional<projector::Since> read(std::string_view text) {
        if (const auto at = parse_timestamp(text)) return projector::Since{*at};
        const auto ago = setting_text::read_duration(text);
        if (!ago) return std::nullopt;
        const auto now = std::chrono::system_clock::now() - *ago;
        return projector::Since{std::chrono::floor<std::chrono::microseconds>(now)};
    }
    static std::string text(const projector::Since& since) { return duel::text(since.at); }
    static std::string wanted() {
        return "a time such as 2026-02-09T10:00:00Z, or how long ago, 2h";
    }
};

}  // namespace duel::platform
