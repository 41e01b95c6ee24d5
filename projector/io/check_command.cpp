// The command that says of event files what an empty system would make of them.

#include "projector/io/commands.hpp"
#include "projector/rules/rehearsal.hpp"

#include <chrono>

namespace duel::projector {

int run_check(const CheckSettings& check, const platform::Shutdown& shutdown) {
    Rehearsal rehearsal{check.limits};
    const auto judge = [&](Event&& event) -> event_files::LineVerdict {
        const auto now = std::chrono::system_clock::now();
        Verdict verdict = rehearsal.take(event, std::chrono::floor<std::chrono::microseconds>(now));
        if (verdict.outcome == Outcome::refused) return {std::move(verdict.error)};
        return {std::move(event), verdict.outcome == Outcome::retried};
    };
    return event_files::check_lines(check, shutdown, judge);
}

}  // namespace duel::projector
