#pragma once

// A record as it was fetched.
//
// Key, value and headers are views into librdkafka's memory and live as long as the Record. Moving
// is cheap and keeps the views valid.

#include "core/time.hpp"

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace duel::platform {

struct KafkaHeader {
    std::string_view name;
    std::string_view value;
};

class Record {
public:
    enum class TimestampType { none, create_time, log_append_time };

    explicit Record(rd_kafka_message_t* message) : message_(message, &rd_kafka_message_destroy) {}

    std::string_view topic() const { return rd_kafka_topic_name(message_->rkt); }
    std::int32_t partition() const { return message_->partition; }
    std::int64_t offset() const { return message_->offset; }

    // An absent key or value is an empty view; has_value() tells a tombstone from an empty value.
    std::string_view key() const {
        return {static_cast<const char*>(message_->key), message_->key_len};
    }
    std::string_view value() const {
        return {static_cast<const char*>(message_->payload), message_->len};
    }
    bool has_key() const { return message_->key != nullptr; }
    bool has_value() const { return message_->payload != nullptr; }

    // When the broker appended it, where the topic is set up so (timestamp_type()); -1 without any.
    std::int64_t log_time_ms() const { return rd_kafka_message_timestamp(message_.get(), nullptr); }
    Timestamp log_time() const { return Timestamp(std::chrono::milliseconds(log_time_ms())); }
    TimestampType timestamp_type() const;

    std::vector<KafkaHeader> headers() const;
    std::optional<std::string_view> header(const char* name) const;  // the last of that name

private:
    std::unique_ptr<rd_kafka_message_t, decltype(&rd_kafka_message_destroy)> message_;
};

}  // namespace duel::platform
