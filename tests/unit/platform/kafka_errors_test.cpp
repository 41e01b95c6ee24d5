// What brokers answer on bad days, as librdkafka's played ones give it on request.

#include "tests/unit/platform/brokers.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace duel::platform;
using namespace std::chrono_literals;

namespace {

const std::atomic<bool> kNeverStop{false};
constexpr int kRecords = 2'000;

// Numbers of the Kafka protocol.
constexpr std::int16_t kProduce = 0;
constexpr std::int16_t kFetch = 1;
constexpr std::int16_t kListOffsets = 2;
constexpr std::int16_t kMetadata = 3;

constexpr std::array kPassing{
    RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
    RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
    RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
    RD_KAFKA_RESP_ERR__TRANSPORT};

void fail_next(Brokers& brokers, std::int16_t request, rd_kafka_resp_err_t error, int times) {
    for (int i = 0; i < times; ++i)
        rd_kafka_mock_push_request_errors(brokers.mock(), request, 1, error);
}

void produce(Brokers& brokers, const std::string& topic) {
    Producer producer(brokers.settings(), {.linger = 1ms});
    for (int i = 0; i < kRecords; ++i) {
        producer.produce(topic, "key", std::to_string(i), kNeverStop, nullptr, {}, 0);
        if (i % 100 == 0) producer.flush(20s);
    }
    REQUIRE(producer.flush(30s) == 0);
    REQUIRE(producer.failed() == 0);
}

// The values from the beginning up to that many, or what came within 30 seconds.
std::vector<std::string> read(Brokers& brokers, const std::string& topic, std::size_t wanted) {
    Consumer consumer(brokers.settings(), {});
    consumer.assign({{topic, 0, 0}});
    std::vector<std::string> values;
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (values.size() < wanted && std::chrono::steady_clock::now() < deadline) {
        std::vector<Record> records;
        if (consumer.partitions()[0]->read(records, 100) == 0) consumer.wait(50ms);
        for (const Record& record : records)
            values.emplace_back(record.value());
    }
    return values;
}

std::vector<std::string> numbers() {
    std::vector<std::string> all;
    for (int i = 0; i < kRecords; ++i)
        all.push_back(std::to_string(i));
    return all;
}

}  // namespace

TEST_CASE("what brokers refuse for a while is written once, in order", "[kafka][errors]") {
    if (is_real()) return;
    for (const rd_kafka_resp_err_t error : kPassing) {
        INFO(rd_kafka_err2name(error));
        Brokers brokers;
        const std::string topic = brokers.topic(1);
        fail_next(brokers, kProduce, error, 3);
        fail_next(brokers, kMetadata, RD_KAFKA_RESP_ERR__TRANSPORT, 1);
        produce(brokers, topic);
        CHECK(read(brokers, topic, kRecords) == numbers());
    }
}

TEST_CASE("fetches that fail for a while lose and repeat no record", "[kafka][errors]") {
    if (is_real()) return;
    for (const rd_kafka_resp_err_t error : kPassing) {
        INFO(rd_kafka_err2name(error));
        Brokers brokers;
        const std::string topic = brokers.topic(1);
        produce(brokers, topic);
        fail_next(brokers, kFetch, error, 4);
        CHECK(read(brokers, topic, kRecords) == numbers());
    }
}

TEST_CASE("a refused fetch is counted as an interruption", "[kafka][errors]") {
    if (is_real()) return;
    Brokers brokers;
    const std::string topic = brokers.topic(1);
    produce(brokers, topic);
    Consumer consumer(brokers.settings(), {});
    consumer.assign({{topic, 0, 0}});
    const auto read_on = [&] {
        std::vector<Record> records;
        for (int i = 0; i < 100 && records.empty(); ++i) {
            consumer.partitions()[0]->read(records, 10'000);
            consumer.wait(50ms);
        }
    };
    read_on();
    CHECK(consumer.interruptions() == 0);
    fail_next(brokers, kFetch, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, 1);
    for (int i = 0; i < 100 && consumer.interruptions() == 0; ++i)
        consumer.wait(50ms);
    CHECK(consumer.interruptions() > 0);
}

TEST_CASE("where partitions end is asked again while leaders move", "[kafka][errors]") {
    if (is_real()) return;
    Brokers brokers;
    const std::string topic = brokers.topic(1);
    produce(brokers, topic);
    Consumer consumer(brokers.settings(), {});
    fail_next(brokers, kListOffsets, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, 2);
    CHECK(consumer.ends({{topic, 0}}, 10s) == std::vector<std::int64_t>{kRecords});
}
