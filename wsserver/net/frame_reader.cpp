#include "wsserver/net/frame_reader.hpp"

#include <algorithm>
#include <cstring>
#include <simdjson.h>

namespace duel::wsserver {
namespace {

constexpr std::uint64_t kMostOfControl = 125;
constexpr std::size_t kKeptCapacity = 1'024;

// Section 7.4: what may stand in a close frame. 1012 to 1014 were registered later.
bool is_close_code(std::uint16_t code) {
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999);
}

bool is_utf8(std::string_view text) {
    return simdjson::validate_utf8(text.data(), text.size());
}

std::uint64_t big_endian(const unsigned char* bytes, std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i)
        value = value << 8U | bytes[i];
    return value;
}

// A message is over: a long one leaves no memory behind.
void forget(std::string& text) {
    if (text.capacity() > kKeptCapacity)
        std::string{}.swap(text);
    else
        text.clear();
}

}  // namespace

FrameReader::Event FrameReader::next(std::span<char>& bytes) {
    if (is_refused_) return {};
    if (!in_message_) forget(message_);
    if (!in_payload_) forget(control_);
    while (true) {
        if (!in_payload_) {
            if (!read_head(bytes)) return {};
            if (const Event refusal = check_head(); refusal.what != What::nothing) return refusal;
            in_payload_ = true;
            taken_ = 0;
        }
        const Event event = read_payload(bytes);
        if (event.what != What::nothing || in_payload_) return event;
    }
}

// Two bytes, then as many as they announce.
bool FrameReader::read_head(std::span<char>& bytes) {
    while (true) {
        std::size_t wanted = 2;
        if (head_bytes_ >= 2) {
            const unsigned length = head_[1] & 0x7FU;
            wanted += length == 127 ? 8 : length == 126 ? 2 : 0;
            wanted += (head_[1] & 0x80U) != 0 ? 4 : 0;
        }
        if (head_bytes_ >= wanted) break;
        const auto count = std::min(bytes.size(), wanted - head_bytes_);
        std::memcpy(head_.data() + head_bytes_, bytes.data(), count);
        bytes = bytes.subspan(count);
        head_bytes_ = static_cast<std::uint8_t>(head_bytes_ + count);
        if (head_bytes_ < wanted) return false;
    }
    return true;
}

FrameReader::Event FrameReader::check_head() {
    head_bytes_ = 0;
    is_final_ = (head_[0] & 0x80U) != 0;
    opcode_ = static_cast<Opcode>(head_[0] & 0x0FU);
    const unsigned short_length = head_[1] & 0x7FU;
    const std::size_t length_bytes = short_length == 127 ? 8 : short_length == 126 ? 2 : 0;
    length_ = length_bytes == 0 ? short_length : big_endian(head_.data() + 2, length_bytes);
    if ((head_[0] & 0x70U) != 0) return refuse(1002, "a reserved bit is set");
    if ((head_[1] & 0x80U) == 0) return refuse(1002, "a frame from a client is masked");
    std::memcpy(mask_.data(), head_.data() + 2 + length_bytes, mask_.size());
    if (length_bytes == 8 && (length_ >> 63U) != 0) return refuse(1002, "a length is negative");
    if ((length_bytes == 8 && length_ <= 0xFFFF) || (length_bytes == 2 && length_ <= 125))
        return refuse(1002, "a length is longer than it has to be");

    switch (opcode_) {
        case Opcode::close:
        case Opcode::ping:
        case Opcode::pong:
            if (!is_final_) return refuse(1002, "a control frame is in pieces");
            if (length_ > kMostOfControl) return refuse(1002, "a control frame is too long");
            return {};
        case Opcode::continuation:
            if (!in_message_) return refuse(1002, "nothing is there to be continued");
            break;
        case Opcode::text:
        case Opcode::binary:
            if (in_message_) return refuse(1002, "a message begins within another");
            in_message_ = true;
            is_text_ = opcode_ == Opcode::text;
            break;
        default:
            return refuse(1002, "an opcode is reserved");
    }
    if (length_ > most_bytes_ || message_.size() + length_ > most_bytes_)
        return refuse(1009, "a message is too long");
    return {};
}

FrameReader::Event FrameReader::read_payload(std::span<char>& bytes) {
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), length_ - taken_));
    const auto piece = bytes.first(count);
    bytes = bytes.subspan(count);
    unmask(piece);
    taken_ += count;
    const std::string_view text{piece.data(), piece.size()};
    if (taken_ == length_) {
        in_payload_ = false;
        return end_of_frame(text);
    }
    (is_control() ? control_ : message_).append(text);
    return {};
}

// `payload` is the last piece of it: mostly all.
FrameReader::Event FrameReader::end_of_frame(std::string_view payload) {
    if (!is_control()) {
        if (is_final_) return end_of_message(payload);
        message_.append(payload);
        return {};
    }
    if (!control_.empty()) {
        control_.append(payload);
        payload = control_;
    }
    if (opcode_ == Opcode::ping) return {What::ping, payload};
    if (opcode_ == Opcode::pong) return {What::pong, payload};
    if (payload.empty()) return {What::close, {}, 1005};
    if (payload.size() == 1) return refuse(1002, "a close code has two bytes");
    const auto code = static_cast<std::uint16_t>(
        big_endian(reinterpret_cast<const unsigned char*>(payload.data()), 2)
    );
    if (!is_close_code(code)) return refuse(1002, "a close code is not one");
    if (!is_utf8(payload.substr(2))) return refuse(1007, "a close reason is not UTF-8");
    return {What::close, payload.substr(2), code};
}

FrameReader::Event FrameReader::end_of_message(std::string_view payload) {
    in_message_ = false;
    if (!message_.empty()) {
        message_.append(payload);
        payload = message_;
    }
    if (!is_text_) return {What::binary, payload};
    if (!is_utf8(payload)) return refuse(1007, "a text is not UTF-8");
    return {What::text, payload};
}

FrameReader::Event FrameReader::refuse(std::uint16_t code, std::string_view reason) {
    is_refused_ = true;
    return {What::refused, reason, code};
}

void FrameReader::unmask(std::span<char> piece) {
    for (std::size_t i = 0; i < piece.size(); ++i)
        piece[i] = static_cast<char>(
            static_cast<unsigned char>(piece[i]) ^ mask_[(taken_ + i) % mask_.size()]
        );
}

}  // namespace duel::wsserver
