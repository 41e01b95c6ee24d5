#pragma once

#include "projector/rules/acceptance.hpp"
#include "projector/rules/rows/history_rows.hpp"

namespace duel::projector {

// The price that positions of a symbol are valued at: the tick with the newest timestamp, among
// equals the later in the log; until the first tick, the same among the trades of this shard. An
// ended contest keeps the marks of its end.
class MarkProjection {
public:
    void on(const Price& event, Step& step);
    void on(const Trade& event, Step& step);
    void on(const ContestCompleted&, Step& step) { freeze(step); }
    void on(const ContestCancelled&, Step& step) { freeze(step); }

    Table<MarkRow> marks;
    Append<FinalMarkRow> final_marks;

    auto tables() { return std::tie(marks, final_marks); }

private:
    void move(Symbol& symbol, Amount price, Timestamp at, Step& step);
    void freeze(Step& step);
};

}  // namespace duel::projector
