#pragma once

#include <algorithm>
#include <chrono>

namespace duel::projector {

// Keeps rankings to a fifth of the time: doubles their pace while ranking and writing takes more
// than that, and goes back by halves when it takes less than a twentieth.
class PaceKeeper {
public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::seconds kLookBack{5};
    static constexpr std::chrono::milliseconds kSlowest{30'000};

    explicit PaceKeeper(std::chrono::milliseconds usual, Clock::time_point now = Clock::now())
        : usual_{usual}, since_{now} {}

    void spent(Clock::duration cost) { spent_ += cost; }

    // The pace from now on, which is `present` as long as there is no reason to change it.
    std::chrono::milliseconds
    advise(std::chrono::milliseconds present, Clock::time_point now = Clock::now()) {
        const auto past = now - since_;
        if (past < kLookBack) return present;
        const bool is_too_much = spent_ * 5 > past;
        const bool is_little = spent_ * 20 < past;
        since_ = now;
        spent_ = {};
        if (is_too_much) return std::min(present * 2, std::max(usual_, kSlowest));
        if (is_little && present > usual_) return std::max(present / 2, usual_);
        return present < usual_ ? usual_ : present;
    }

private:
    std::chrono::milliseconds usual_;
    Clock::time_point since_;
    Clock::duration spent_{};
};

}  // namespace duel::projector
