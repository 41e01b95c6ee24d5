#pragma once

// The commands that say of event files what would become of their lines: a verdict for each on
// standard output, the numbers on standard error.

#include "core/topic.hpp"
#include "event_files/line_verdict.hpp"
#include "platform/settings.hpp"
#include "platform/shutdown.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace duel::event_files {

struct CheckSettings {
    std::vector<std::string> paths;
    std::optional<Topic> topic;  // none: the type says it
    bool quiet = false;
    bool json = false;
};

void offer(platform::SettingTable& table, CheckSettings& check);

// What becomes of an event that could be read. Called once for each, in the order of the lines.
using Judge = std::function<LineVerdict(Event&&)>;

// By itself such an event is fine.
LineVerdict by_itself(Event&& event);

// Returns the exit status: 0 nothing is refused, 3 something is, 130 interrupted before the end.
// Throws platform::SettingError for a path that is no file and std::runtime_error for one that
// cannot be read to its end, or when standard output takes no more.
int check_lines(const CheckSettings& check, const platform::Shutdown& shutdown, const Judge& judge);

}  // namespace duel::event_files

namespace duel::platform {

// A topic that events come from.
template <>
struct SettingValue<Topic> {
    static std::optional<Topic> read(std::string_view text) {
        for (const Topic topic : {Topic::trades, Topic::prices, Topic::status})
            if (duel::text(topic) == text) return topic;
        return std::nullopt;
    }
    static std::string text(Topic topic) { return std::string{duel::text(topic)}; }
    static std::string wanted() { return "trades, prices or status"; }
};

}  // namespace duel::platform
