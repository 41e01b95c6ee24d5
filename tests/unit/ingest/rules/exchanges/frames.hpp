#pragma once

// What a frame says, as one readable text.

#include "ingest/rules/exchanges.hpp"
#include "ingest/rules/frame_reader.hpp"

#include <fmt/format.h>
#include <string>

namespace duel::ingest {

inline std::string text_of(const Observation& seen) {
    auto text = fmt::format("{} {}", seen.market, seen.price.text());
    if (seen.size) text += " x " + seen.size->text();
    if (seen.side) text += fmt::format(" {}", duel::text(*seen.side));
    if (seen.trade_id) text += fmt::format(" #{}", *seen.trade_id);
    if (seen.ids > 1) text += fmt::format("/{}", seen.ids);
    if (seen.at) text += " " + duel::text(*seen.at);
    if (seen.is_past) text += " past";
    return text;
}

// "prices: BTCUSDT 2 x 3 buy #1 2025-…Z; …", "refused: why", or "bad: sentence".
inline std::string said(const Exchange& exchange, std::string_view frame) {
    FrameReader reader{exchange};
    if (const auto error = reader.read(frame)) return "bad: " + error->sentence();
    const auto& reading = reader.reading();
    std::string text;
    for (const auto& seen : reading.observations)
        text += (text.empty() ? "" : "; ") + text_of(seen);
    switch (reading.kind) {
        case FrameReading::Kind::prices:
            return "prices: " + text;
        case FrameReading::Kind::acknowledged:
            return "acknowledged";
        case FrameReading::Kind::heartbeat:
            return "heartbeat";
        case FrameReading::Kind::refused:
            return "refused: " + reading.reason;
        case FrameReading::Kind::leaving:
            return "leaving";
        case FrameReading::Kind::other:
            return "other";
    }
    return {};
}

// Is it refused, as a whole?
inline bool is_bad(const Exchange& exchange, std::string_view frame) {
    return said(exchange, frame).starts_with("bad: ");
}

// A frame in which `from` stands as `to`. `from` must be in it.
inline std::string with(std::string frame, std::string_view from, std::string_view to) {
    return frame.replace(frame.find(from), from.size(), to);
}

}  // namespace duel::ingest
