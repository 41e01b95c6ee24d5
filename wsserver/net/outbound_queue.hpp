#pragma once

// What waits to be written to one client, bounded by bytes.
//
// Above `soft` the client counts as congested: it gets event messages only, until half of that is
// left. Above `hard` it is given up. A single message of any size fits into an empty queue.

#include "wsserver/streams/message.hpp"

#include <cstddef>
#include <deque>
#include <optional>

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
    };
    enum class Change { none, congested, drained, overflowed };

    explicit OutboundQueue(Limits limits) : limits_(limits) {}

    Change push(Item item) {
        bytes_ += item.message->text.size();
        items_.push_back(std::move(item));
        if (bytes_ > limits_.hard_bytes && items_.size() > 1) return Change::overflowed;
        if (bytes_ <= limits_.soft_bytes || is_congested_) return Change::none;
        is_congested_ = true;
        return Change::congested;
    }

    bool empty() const { return items_.empty(); }
    std::size_t bytes() const { return bytes_; }
    const Item& front() const { return items_.front(); }

    // The front was written.
    Change pop() {
        bytes_ -= items_.front().message->text.size();
        items_.pop_front();
        if (!is_congested_ || bytes_ > limits_.soft_bytes / 2) return Change::none;
        is_congested_ = false;
        return Change::drained;
    }

    // Gives up what is not being written. `writing`: the front is, and stays.
    void clear(bool writing) {
        while (items_.size() > (writing ? 1U : 0U)) {
            bytes_ -= items_.back().message->text.size();
            items_.pop_back();
        }
    }

private:
    Limits limits_;
    std::deque<Item> items_;
    std::size_t bytes_ = 0;
    bool is_congested_ = false;
};

}  // namespace duel::wsserver
