#include "projector/rules/log_mark.hpp"

#include <fmt/format.h>

namespace duel::projector {
namespace {

std::optional<std::string> other_record(
    std::int64_t offset,
    Timestamp applied,
    const LogNow& now,
    const std::optional<Timestamp>& found
) {
    if (offset < now.begin || found == applied) return std::nullopt;
    return fmt::format(
        "the record of offset {} that was applied had log time {}, the one there now has {}: the "
        "topic was made anew, or its end was cut off",
        offset,
        text(applied),
        found ? text(*found) : "none"
    );
}

}  // namespace

std::optional<std::string>
difference(std::int64_t offset, const std::optional<LogMark>& mark, const LogNow& now) {
    if (offset > now.end)
        return fmt::format(
            "the log ends at offset {}: the topic was made anew, or its end was cut off", now.end
        );
    if (offset < now.begin)
        return fmt::format(
            "the log begins at offset {}: {} records were deleted before they were applied",
            now.begin,
            now.begin - offset
        );
    if (!mark) return std::nullopt;
    if (auto other = other_record(offset - 1, mark->last_at, now, now.last_at)) return other;
    return other_record(mark->first, mark->first_at, now, now.first_at);
}

}  // namespace duel::projector
