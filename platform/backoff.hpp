#pragma once

// How long to wait before trying again: exponential, with full jitter, capped.
//
// The n-th wait is drawn evenly from [0, min(cap, base × 2^n)], so that many who lost the same
// broker do not come back in step (Brooker, "Exponential backoff and jitter"). Never below
// floor, so that a loop cannot spin. Same seed, same waits.

#include <chrono>
#include <cstdint>
#include <random>

namespace duel::platform {

class Backoff {
public:
    struct Settings {
        std::chrono::milliseconds base{200};
        std::chrono::milliseconds cap{10'000};
        std::chrono::milliseconds floor{20};
    };

    Backoff() : Backoff(Settings{}) {}
    explicit Backoff(Settings settings, std::uint64_t seed = std::random_device{}());

    // The next wait. Each call raises the ceiling until the cap.
    std::chrono::milliseconds next();

    // After a success: begin again at base.
    void reset() { failures_ = 0; }

    std::uint32_t failures() const { return failures_; }

private:
    Settings settings_;
    std::mt19937_64 random_;
    std::uint32_t failures_ = 0;
};

}  // namespace duel::platform
