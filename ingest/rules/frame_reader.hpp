#pragma once

// Reads the frames of one exchange: bytes in, observations out.

#include "core/json_document.hpp"
#include "ingest/rules/exchange.hpp"

#include <string>
#include <string_view>

namespace duel::ingest {

class FrameReader {
public:
    // No exchange sends more in one message; what does is refused.
    static constexpr std::size_t kMaxFrameBytes = 1'048'576;

    explicit FrameReader(const Exchange& exchange) : exchange_{exchange} {}

    // What is wrong with the frame: then nothing of it counts. The reading's texts live until the
    // next call.
    std::optional<Error> read(std::string_view frame);
    const FrameReading& reading() const { return reading_; }

private:
    std::optional<Error> parse(std::string_view frame);

    Exchange exchange_;
    JsonDocument document_;
    FrameReading reading_;
    std::string wrapped_;
};

}  // namespace duel::ingest
