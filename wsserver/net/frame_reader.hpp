#pragma once

// Frames from a client, read to the letter of RFC 6455, sections 5 and 7.4.
//
// Takes bytes as they come, in pieces of any size. Every frame must be masked, lengths must be as
// short as they can be, nothing is reserved for us (no extension is agreed on), control frames are
// whole and short and may stand between the frames of a message. A message beyond the limit is
// refused when its header says so, before a byte of it is kept. Holds memory only while a message
// is incomplete.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace duel::wsserver {

class FrameReader {
public:
    enum class What {
        nothing,  // more bytes are wanted
        text,
        binary,
        ping,
        pong,
        close,    // `code` is the client's; 1005 where it gave none
        refused,  // the connection has to be closed with `code`; nothing can be read after it
    };
    struct Event {
        What what = What::nothing;
        std::string_view payload{};  // valid until the next call; of `refused`, the reason
        std::uint16_t code = 0;
    };

    explicit FrameReader(std::size_t most_bytes) : most_bytes_(most_bytes) {}

    // The next event of the bytes, which become those that are left. Unmasks in place.
    Event next(std::span<char>& bytes);

private:
    enum class Opcode : std::uint8_t {
        continuation = 0,
        text = 1,
        binary = 2,
        close = 8,
        ping = 9,
        pong = 10,
    };

    bool read_head(std::span<char>& bytes);
    Event check_head();
    Event read_payload(std::span<char>& bytes);
    Event end_of_frame(std::string_view payload);
    Event end_of_message(std::string_view payload);
    Event refuse(std::uint16_t code, std::string_view reason);
    void unmask(std::span<char> piece);
    bool is_control() const { return static_cast<std::uint8_t>(opcode_) >= 8; }

    std::size_t most_bytes_;
    std::array<unsigned char, 14> head_{};
    std::uint8_t head_bytes_ = 0;  // of it that have come
    bool in_payload_ = false;
    bool is_refused_ = false;

    // Of the present frame.
    bool is_final_ = false;
    Opcode opcode_{};
    std::uint64_t length_ = 0;
    std::uint64_t taken_ = 0;  // of its payload
    std::array<unsigned char, 4> mask_{};
    std::string control_;  // payload of a control frame that came in pieces

    // Of the present message.
    bool in_message_ = false;
    bool is_text_ = false;
    std::string message_;  // what of it came before the present piece
};

}  // namespace duel::wsserver
