#include "platform/kafka/consumer.hpp"
#include "platform/kafka/native.hpp"

#include <algorithm>

namespace duel::platform {

namespace {

// librdkafka writes it to the eventfd when a queue stops being empty.
constexpr std::uint64_t kOne = 1;

PartitionError::Kind kind_of(rd_kafka_resp_err_t code) {
    using Kind = PartitionError::Kind;
    switch (code) {
        case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
        case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
            return Kind::offset_out_of_range;
        case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
        case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
        case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
            return Kind::unknown_partition;
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
            return Kind::not_authorized;
        default:
            return Kind::other;
    }
}

}  // namespace

PartitionReader::PartitionReader(
    rd_kafka_t* client,
    rd_kafka_topic_t* topic,
    const StartPosition& start,
    int wake_fd
)
    : id_{start.topic, start.partition},
      client_(client),
      topic_(topic),
      queue_(rd_kafka_queue_new(client)),
      next_offset_(start.offset) {
    rd_kafka_queue_io_event_enable(queue_, wake_fd, &kOne, sizeof kOne);
    if (rd_kafka_consume_start_queue(topic_, start.partition, start.offset, queue_) != 0) {
        auto code = rd_kafka_last_error();
        rd_kafka_queue_destroy(queue_);
        throw_kafka(code, "reading " + start.topic + "/" + std::to_string(start.partition));
    }
}

PartitionReader::~PartitionReader() {
    rd_kafka_consume_stop(topic_, id_.partition);
    rd_kafka_queue_destroy(queue_);
}

std::size_t PartitionReader::read(std::vector<Record>& out, std::size_t most) {
    rd_kafka_poll(client_, 0);
    fetched_.resize(most);
    ssize_t count = rd_kafka_consume_batch_queue(queue_, 0, fetched_.data(), most);
    std::size_t records = 0;
    for (ssize_t i = 0; i < count; ++i) {
        rd_kafka_message_t* message = fetched_[static_cast<std::size_t>(i)];
        if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            next_offset_ = message->offset + 1;
            at_end_ = false;
            error_.reset();
            out.emplace_back(message);
            ++records;
        } else {
            meet(*message);
            rd_kafka_message_destroy(message);
        }
    }
    return records;
}

void PartitionReader::meet(const rd_kafka_message_t& event) {
    if (event.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        next_offset_ = event.offset;
        at_end_ = true;
        error_.reset();
        return;
    }
    const std::string said = is_denied(event.err) ? text_of(event.err, "Read on topic " + id_.topic)
                                                  : rd_kafka_message_errstr(&event);
    error_ = PartitionError{
        .kind = kind_of(event.err),
        .text = id_.topic + "/" + std::to_string(id_.partition) + " at offset " +
                std::to_string(next_offset_) + ": " + said};
}

bool PartitionReader::has_more() const {
    if (rd_kafka_queue_length(queue_) > 0) return true;
    if (at_end_ && next_offset_ >= 0) {
        auto known = known_watermarks();
        return known && known->high > next_offset_;
    }
    auto known = known_watermarks();
    return known && known->high > std::max<std::int64_t>(next_offset_, known->low);
}

std::optional<Watermarks> PartitionReader::known_watermarks() const {
    Watermarks marks;
    auto code = rd_kafka_get_watermark_offsets(
        client_, id_.topic.c_str(), id_.partition, &marks.low, &marks.high
    );
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR || marks.high < 0) return std::nullopt;
    return marks;
}

}  // namespace duel::platform
