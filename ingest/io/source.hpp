#pragma once

// Where the records of a replay or a simulation come from, one after another.

#include "ingest/rules/record.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace duel::ingest {

// A line of the input that is no event.
struct Refusal {
    std::string file;
    std::uint64_t line{};
    std::string reason;
};

// Of the recorded things (lines, ticks, fills) so many are read and no more; sources share one.
class ReadLimit {
public:
    explicit ReadLimit(std::optional<std::uint64_t> most = std::nullopt) : most_{most} {}

    bool is_reached() const { return most_ && read_ >= *most_; }
    void count() { ++read_; }

    // Part of the limit that is used up, 0 to 1; 0 without a limit.
    double fraction() const {
        if (!most_) return 0;
        return *most_ == 0 ? 1 : static_cast<double>(read_) / static_cast<double>(*most_);
    }

private:
    std::optional<std::uint64_t> most_;
    std::uint64_t read_{0};
};

class Source {
public:
    enum class Step { record, refused, end };

    Source() = default;
    virtual ~Source() = default;
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;

    // The next record in `record`, or in `refusal` why the next line is none; after an end only
    // ends. Throws std::runtime_error when the input cannot be read on.
    virtual Step next(OutgoingRecord& record, Refusal& refusal) = 0;

    // The user wants no more: next() gives only what still has to follow, if anything.
    virtual void stop() = 0;

    // How far it is, 0 to 1; nothing where no end is known.
    virtual std::optional<double> fraction() const = 0;
};

using SourcePtr = std::unique_ptr<Source>;

}  // namespace duel::ingest
