#pragma once

// Files that are read line by line: event files and the tape.

#include "ingest/io/source.hpp"
#include "platform/line_reader.hpp"

#include <filesystem>

namespace duel::ingest {

// An event file: one record a line. The bytes of a line go out unchanged; its type says the topic.
class EventFileSource : public Source {
public:
    // `limit` must outlive it; `stop_fd` as of LineReader.
    EventFileSource(const std::filesystem::path& path, ReadLimit& limit, int stop_fd);

    Step next(OutgoingRecord& record, Refusal& refusal) override;
    void stop() override { is_stopped_ = true; }
    std::optional<double> fraction() const override { return lines_.fraction(); }

private:
    platform::LineReader lines_;
    ReadLimit& limit_;
    Decoder decoder_;
    bool is_stopped_{false};
};

// A recorded tape: its trades as ticks, its quotes skipped.
class TapeSource : public Source {
public:
    // `limit` must outlive it.
    TapeSource(const std::filesystem::path& path, ReadLimit& limit);

    Step next(OutgoingRecord& record, Refusal& refusal) override;
    void stop() override { is_stopped_ = true; }
    std::optional<double> fraction() const override { return lines_.fraction(); }

private:
    platform::LineReader lines_;
    ReadLimit& limit_;
    bool is_stopped_{false};
};

}  // namespace duel::ingest
