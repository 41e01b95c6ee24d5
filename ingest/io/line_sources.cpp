#include "ingest/io/line_sources.hpp"

#include "event_files/line_verdict.hpp"
#include "ingest/rules/tape_recording.hpp"

namespace duel::ingest {
namespace {

void refuse(const platform::LineReader& lines, std::string reason, Refusal& refusal) {
    refusal = Refusal{lines.name(), lines.line(), std::move(reason)};
}

}  // namespace

EventFileSource::EventFileSource(const std::filesystem::path& path, ReadLimit& limit, int stop_fd)
    : lines_{path, stop_fd}, limit_{limit} {}

Source::Step EventFileSource::next(OutgoingRecord& record, Refusal& refusal) {
    if (is_stopped_ || limit_.is_reached()) return Step::end;
    const auto line = lines_.next();
    if (!line) return Step::end;
    limit_.count();
    const Result<Event> event = decoder_.decode(*line);
    if (!event) {
        refuse(lines_, event_files::reason_of(event.error()), refusal);
        return Step::refused;
    }
    keep_record(*event, *line, record);
    return Step::record;
}

TapeSource::TapeSource(const std::filesystem::path& path, ReadLimit& limit)
    : lines_{path}, limit_{limit} {}

Source::Step TapeSource::next(OutgoingRecord& record, Refusal& refusal) {
    while (!is_stopped_ && !limit_.is_reached()) {
        const auto row = lines_.next();
        if (!row) break;
        if (lines_.line() == 1 && is_tape_header(*row)) continue;
        const Result<std::optional<Price>> tick = parse_tape_row(*row);
        if (!tick) {
            refuse(lines_, tick.error().sentence(), refusal);
            return Step::refused;
        }
        if (!*tick) continue;
        limit_.count();
        encode_record(**tick, record);
        return Step::record;
    }
    return Step::end;
}

}  // namespace duel::ingest
