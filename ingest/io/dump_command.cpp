// The command that writes what Kafka holds as an event file.

#include "ingest/io/commands.hpp"
#include "ingest/io/file_writer.hpp"
#include "ingest/io/topic_reader.hpp"
#include "ingest/rules/event_line.hpp"
#include "platform/log.hpp"
#include "platform/progress_printer.hpp"

#include <fmt/format.h>

namespace duel::ingest {
namespace {

constexpr int kDone = 0;
constexpr int kChangedRecords = 3;
constexpr int kInterrupted = 130;

std::string place(const platform::Record& record) {
    return fmt::format("{}/{} at {}", record.topic(), record.partition(), record.offset());
}

}  // namespace

int run_dump(
    const CommonSettings& common,
    const DumpSettings& dump,
    const platform::Shutdown& shutdown
) {
    TopicReader reader{common.kafka, split_list(dump.topics), dump.partitions, shutdown};
    FileWriter file{dump.path};
    platform::ProgressPrinter printer;
    std::string line;
    std::uint64_t written = 0;
    std::uint64_t changed = 0;
    while (const auto record = reader.next()) {
        if (!record->has_value() || record->value().empty()) {
            printer.note(fmt::format("{}: left out, it has no value", place(*record)));
            ++changed;
            continue;
        }
        line.clear();
        if (append_line(record->value(), line)) {
            printer.note(fmt::format("{}: its newlines became spaces", place(*record)));
            ++changed;
        }
        file.write(line);
        ++written;
        if (printer.is_due()) {
            const double share = static_cast<double>(written) / static_cast<double>(reader.total());
            printer.show({.events = written, .elapsed = printer.elapsed(), .fraction = share});
        }
    }
    if (shutdown.requested()) {
        printer.note(fmt::format("interrupted after {} of {} records", written, reader.total()));
        return kInterrupted;
    }
    file.finish();
    printer.note(fmt::format(
        "dumped {}", text(platform::Progress{.events = written, .elapsed = printer.elapsed()})
    ));
    return changed > 0 ? kChangedRecords : kDone;
}

}  // namespace duel::ingest
