#pragma once

// Lines of one kind in the log, so many a second at most. When lines may come again, the number of
// those that were kept back is said. Thread-safe.

#include "platform/log.hpp"
#include "wsserver/net/allowance.hpp"

#include <cstdint>
#include <mutex>
#include <string_view>

namespace duel::wsserver {

class LineLimit {
public:
    // `per_second` in the long run; ten times that at once.
    LineLimit(std::string_view kind, double per_second, Instant now = {});

    // Whether a line may go out now; counts it either way.
    bool take(Instant now);
    // How many were kept back, once they may be told.
    std::uint64_t take_kept_back(Instant now);

    template <class... Arguments>
    void write(
        platform::log::Level level,
        fmt::format_string<Arguments...> format,
        Arguments&&... arguments
    ) {
        if (take(std::chrono::steady_clock::now()) && platform::log::enabled(level))
            platform::log::write(level, format, fmt::make_format_args(arguments...));
    }
    // To be called now and then.
    void tell_kept_back(Instant now);

private:
    std::string_view kind_;
    double per_second_;
    Allowance allowance_;
    std::uint64_t kept_back_ = 0;
    Instant kept_back_since_{};
    std::mutex mutex_;
};

// Every kind that clients can bring about.
struct LineLimits {
    LineLimit connections{"connections", 200};
    LineLimit refusals{"refusals", 5};
    LineLimit tokens{"refused tokens", 5};
    LineLimit messages{"refused messages", 5};
    LineLimit slow{"slow clients", 5};

    void tell_kept_back(Instant now) {
        for (auto* one : {&connections, &refusals, &tokens, &messages, &slow})
            one->tell_kept_back(now);
    }
};

}  // namespace duel::wsserver
