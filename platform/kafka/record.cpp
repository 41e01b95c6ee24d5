#include "platform/kafka/record.hpp"

namespace duel::platform {

Record::TimestampType Record::timestamp_type() const {
    rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
    rd_kafka_message_timestamp(message_.get(), &type);
    switch (type) {
        case RD_KAFKA_TIMESTAMP_CREATE_TIME:
            return TimestampType::create_time;
        case RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME:
            return TimestampType::log_append_time;
        case RD_KAFKA_TIMESTAMP_NOT_AVAILABLE:
            break;
    }
    return TimestampType::none;
}

std::vector<KafkaHeader> Record::headers() const {
    std::vector<KafkaHeader> all;
    rd_kafka_headers_t* list = nullptr;
    if (rd_kafka_message_headers(message_.get(), &list) != RD_KAFKA_RESP_ERR_NO_ERROR) return all;
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t length = 0;
    while (rd_kafka_header_get_all(list, all.size(), &name, &value, &length) ==
           RD_KAFKA_RESP_ERR_NO_ERROR) {
        all.push_back({name, {static_cast<const char*>(value), length}});
    }
    return all;
}

std::optional<std::string_view> Record::header(const char* name) const {
    rd_kafka_headers_t* list = nullptr;
    const void* value = nullptr;
    std::size_t length = 0;
    if (rd_kafka_message_headers(message_.get(), &list) != RD_KAFKA_RESP_ERR_NO_ERROR ||
        rd_kafka_header_get_last(list, name, &value, &length) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return std::nullopt;
    }
    return std::string_view(static_cast<const char*>(value), length);
}

}  // namespace duel::platform
