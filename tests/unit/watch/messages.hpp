#pragma once

// Messages as the server writes them, for the tests of this folder.

#include "watch/message.hpp"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <string_view>

namespace duel::watch::made {

inline std::string cursor(std::string_view channel, std::uint64_t seq) {
    std::string text = fmt::format("cursor-of-{}-{}", channel, seq);
    std::replace(text.begin(), text.end(), ':', '-');  // like real ones, safe in a URL
    return text;
}

inline std::string event(std::string_view channel, std::uint64_t prev, std::uint64_t seq) {
    return fmt::format(
        R"({{"type":"TRADE_EXECUTED","channel":"{0}","seq":{2},"cursor":"{3}","prev_seq":{1},)"
        R"("data":{{"trade_id":"t{2}"}}}})",
        channel,
        prev,
        seq,
        cursor(channel, seq)
    );
}

inline std::string state(
    std::string_view channel,
    std::uint64_t seq,
    std::string_view type = "CONTEST_UPDATED",
    std::string_view data = "{}",
    std::string_view mode = ""
) {
    const auto beside = mode.empty() ? std::string{} : fmt::format(R"("mode":"{}",)", mode);
    return fmt::format(
        R"({{"type":"{}",{}"channel":"{}","seq":{},"cursor":"{}","data":{}}})",
        type,
        beside,
        channel,
        seq,
        cursor(channel, seq),
        data
    );
}

inline std::string
subscribed(std::string_view channel, std::uint64_t seq, std::string_view recovery = "none") {
    return fmt::format(
        R"({{"type":"SUBSCRIBED","channel":"{}","seq":{},"cursor":"{}","recovery":"{}"}})",
        channel,
        seq,
        cursor(channel, seq),
        recovery
    );
}

inline Message read(const std::string& text) {
    return Message::parse(text).value();
}

}  // namespace duel::watch::made
