#pragma once

// A folder with a recorded arena, or one wallet's file of it: all fills merged by time, as one
// contest.

#include "ingest/io/source.hpp"
#include "ingest/rules/arena_contest.hpp"

#include <deque>
#include <filesystem>
#include <vector>

namespace duel::ingest {

class ArenaSource : public Source {
public:
    // Reads everything at once (some 65,000 fills). Names and addresses come from
    // `tracked-wallets.json` beside the files; a wallet that it does not name goes by its file's
    // slug. Throws std::runtime_error for files that cannot be read, or without a single fill.
    // `limit` must outlive it; where it cuts the recording, the contest is not completed.
    ArenaSource(const std::vector<std::filesystem::path>& files, ReadLimit& limit);

    Step next(OutgoingRecord& record, Refusal& refusal) override;
    void stop() override { is_stopped_ = true; }
    std::optional<double> fraction() const override;

private:
    void read_fills(const std::filesystem::path& file, std::size_t participant);

    ReadLimit& limit_;
    std::vector<ArenaFill> fills_;
    std::deque<Refusal> refusals_;
    std::optional<ArenaContest> contest_;
    std::deque<Event> prepared_;
    std::size_t next_fill_{0};
    bool is_completed_{false};
    bool is_stopped_{false};
};

}  // namespace duel::ingest
