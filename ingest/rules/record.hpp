#pragma once

// A record on its way to Kafka: which topic, which key, which bytes.

#include "core/event.hpp"

#include <string>
#include <string_view>

namespace duel::ingest {

struct OutgoingRecord {
    Topic topic{};
    std::string key;
    std::string value;
    std::string_view type;  // of the event; static text
    Timestamp at{};         // when it happened
};

// The record of an event made here.
void encode_record(const Event& event, OutgoingRecord& out);

// The record of an event that was read: `bytes` go out unchanged.
void keep_record(const Event& event, std::string_view bytes, OutgoingRecord& out);

}  // namespace duel::ingest
