#pragma once

// What waits to be written to one client, bounded by bytes.
//
// Above `soft` the client counts as congested: it gets event messages only, until half of that is
// left. Above `hard` it is given up. A single message of any size fits into an empty queue.

#include "wsserver/net/frame.hpp"
#include "wsserver/streams/message.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace duel::wsserver {

class OutboundQueue {
public:
    struct Limits {
        std::size_t soft_bytes = std::size_t{256} << 10;
        std::size_t hard_bytes = std::size_t{4} << 20;
    };
    struct Item {
        MessagePtr message;
        bool report = false;  // tell the streams once it is written
        Instant handed{};     // when the hub handed it over; nothing: it is of the connection's own
    };
    enum class Change { none, congested, drained, overflowed };

    explicit OutboundQueue(Limits limits) : limits_(limits) {}

    Change push(Item item) {
        bytes_ += item.message->text.size();
        items_.push_back(std::move(item));
        if (bytes_ > limits_.hard_bytes && items_.size() - first_ > 1) return Change::overflowed;
        if (bytes_ <= limits_.soft_bytes || is_congested_) return Change::none;
        is_congested_ = true;
        return Change::congested;
    }

    std::size_t messages() const { return items_.size() - first_; }
    bool empty() const { return first_ == items_.size(); }
    std::size_t bytes() const { return bytes_; }
    bool is_congested() const { return is_congested_; }
    // Whether the next byte begins a frame, so that a control frame may go before it.
    bool at_frame() const { return taken_ == 0; }

    // Appends what comes next to `out`, as frames, until that is `most` bytes long. Calls
    // `on_whole(const Item&)` for each message whose last byte went.
    template <class OnWhole>
    Change take(std::string& out, std::size_t most, OnWhole&& on_whole) {
        while (!empty() && out.size() < most) {
            const Item& item = items_[first_];
            const std::string& text = item.message->text;
            const FrameHead head{FrameHead::kText, text.size()};
            if (taken_ < head.size()) {
                const auto part = head.view().substr(taken_, most - out.size());
                out.append(part);
                taken_ += part.size();
            }
            if (taken_ >= head.size()) {
                const auto from = taken_ - head.size();
                const auto count = std::min(text.size() - from, most - out.size());
                out.append(text, from, count);
                taken_ += count;
            }
            if (taken_ < head.size() + text.size()) break;
            bytes_ -= text.size();
            taken_ = 0;
            on_whole(item);
            pop();
        }
        if (!is_congested_ || bytes_ > limits_.soft_bytes / 2) return Change::none;
        is_congested_ = false;
        return Change::drained;
    }

    // Gives up everything but a frame that was begun.
    void clear() {
        const auto keep = first_ + (taken_ > 0 ? 1U : 0U);
        while (items_.size() > keep) {
            bytes_ -= items_.back().message->text.size();
            items_.pop_back();
        }
    }

private:
    static constexpr std::size_t kKept = 16;

    // The places of what has gone are used again; many of them are given back.
    void pop() {
        items_[first_++].message.reset();
        if (empty()) {
            items_.clear();
            if (items_.capacity() > kKept) items_.shrink_to_fit();
            first_ = 0;
        } else if (first_ >= kKept && first_ >= items_.size() / 2) {
            items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(first_));
            first_ = 0;
        }
    }

    Limits limits_;
    std::vector<Item> items_;
    std::size_t first_ = 0;  // that has not gone
    std::size_t taken_ = 0;  // bytes of its frame that have
    std::size_t bytes_ = 0;
    bool is_congested_ = false;
};

}  // namespace duel::wsserver
