#pragma once

// Frames to clients (RFC 6455, section 5.2): whole messages, never masked.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace duel::wsserver {

// What stands before a payload.
class FrameHead {
public:
    static constexpr std::uint8_t kText = 1;
    static constexpr std::uint8_t kClose = 8;
    static constexpr std::uint8_t kPing = 9;
    static constexpr std::uint8_t kPong = 10;

    FrameHead(std::uint8_t opcode, std::size_t payload_bytes) {
        bytes_[0] = static_cast<char>(0x80U | opcode);  // final
        const std::size_t length_bytes = payload_bytes > 0xFFFF ? 8 : payload_bytes > 125 ? 2 : 0;
        bytes_[1] = static_cast<char>(
            length_bytes == 8   ? 127
            : length_bytes == 2 ? 126
                                : payload_bytes
        );
        for (std::size_t i = 0; i < length_bytes; ++i)
            bytes_[2 + i] = static_cast<char>(payload_bytes >> 8 * (length_bytes - 1 - i));
        size_ = static_cast<std::uint8_t>(2 + length_bytes);
    }

    std::size_t size() const { return size_; }
    std::string_view view() const { return {bytes_.data(), size_}; }

private:
    std::array<char, 10> bytes_{};
    std::uint8_t size_ = 0;
};

inline void append_frame(std::string& out, std::uint8_t opcode, std::string_view payload) {
    out.append(FrameHead{opcode, payload.size()}.view()).append(payload);
}

inline constexpr std::size_t kMostCloseBytes = 127;

// A close frame; a reason that is too long for one is cut, at a character.
inline void append_close(std::string& out, std::uint16_t code, std::string_view reason) {
    constexpr std::size_t kMostReason = 123;
    if (reason.size() > kMostReason) {
        std::size_t end = kMostReason;
        while (end > 0 && (static_cast<unsigned char>(reason[end]) & 0xC0U) == 0x80U)
            --end;
        reason = reason.substr(0, end);
    }
    std::string payload{static_cast<char>(code >> 8U), static_cast<char>(code & 0xFFU)};
    append_frame(out, FrameHead::kClose, payload.append(reason));
}

}  // namespace duel::wsserver
