// Against the brokers of DUEL_TEST_KAFKA where it is set, else against the ones that librdkafka
// plays.

#include "tests/unit/platform/brokers.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <thread>

using namespace duel::platform;
using namespace std::chrono_literals;

namespace {

const std::atomic<bool> kNeverStop{false};

std::vector<StartPosition> from_beginning(const std::string& topic, std::int32_t partitions) {
    std::vector<StartPosition> positions;
    positions.reserve(static_cast<std::size_t>(partitions));
    for (std::int32_t i = 0; i < partitions; ++i)
        positions.push_back({topic, i});
    return positions;
}

// Reads until every partition is at its end, or something is wrong.
std::vector<Record> read_all(Consumer& consumer, std::size_t most_at_once = 100) {
    std::vector<Record> records;
    auto deadline = std::chrono::steady_clock::now() + 20s;
    while (std::chrono::steady_clock::now() < deadline) {
        bool all_at_end = true;
        for (const auto& reader : consumer.partitions()) {
            while (reader->read(records, most_at_once) > 0) {
            }
            if (reader->error()) return records;
            all_at_end = all_at_end && reader->at_end();
        }
        if (all_at_end) return records;
        consumer.wait(100ms);
    }
    return records;
}

std::string text(const std::vector<Record>& records) {
    std::string all;
    for (const Record& record : records) {
        all += (all.empty() ? "" : " ") + std::to_string(record.partition()) + "@" +
               std::to_string(record.offset()) + " " + std::string(record.key()) + "=" +
               std::string(record.value());
    }
    return all;
}

}  // namespace

TEST_CASE("records come back in order, with key, value, headers and time", "[kafka]") {
    Brokers brokers;
    std::string topic = brokers.topic(1);
    std::vector<std::int64_t> delivered;
    int token = 0;
    Producer producer(brokers.settings(), {.linger = 1ms}, [&](const Delivery& delivery) {
        REQUIRE(delivery.ok());
        REQUIRE(delivery.token == &token);
        REQUIRE(delivery.topic == topic);
        delivered.push_back(delivery.offset);
    });
    const std::vector<KafkaHeader> headers{{"code", "MALFORMED_JSON"}, {"offset", "17"}};
    REQUIRE(producer.produce(topic, "a", "1", kNeverStop, &token));
    REQUIRE(producer.produce(topic, "b", "2", kNeverStop, &token, headers));
    REQUIRE(producer.produce(topic, {}, "", kNeverStop, &token));
    REQUIRE(producer.flush(20s) == 0);
    REQUIRE(delivered == std::vector<std::int64_t>{0, 1, 2});
    REQUIRE(producer.delivered() == 3);

    Consumer consumer(brokers.settings(), {});
    consumer.assign(from_beginning(topic, 1));
    auto records = read_all(consumer);
    REQUIRE(text(records) == "0@0 a=1 0@1 b=2 0@2 =");
    REQUIRE(records[0].headers().empty());
    REQUIRE(records[1].header("offset") == "17");
    REQUIRE_FALSE(records[1].header("other"));
    REQUIRE(records[1].headers().size() == 2);
    REQUIRE_FALSE(records[2].has_key());
    REQUIRE(records[2].has_value());
    REQUIRE(records[0].topic() == topic);
    REQUIRE(records[0].log_time_ms() > 0);
    REQUIRE(records[0].timestamp_type() == Record::TimestampType::create_time);
    REQUIRE(consumer.partitions()[0]->next_offset() == 3);
}

TEST_CASE("every partition has a head of its own, from the offset that was asked for", "[kafka]") {
    Brokers brokers;
    std::string topic = brokers.topic(3);
    Producer producer(brokers.settings(), {.linger = 1ms});
    for (int i = 0; i < 300; ++i) {
        REQUIRE(producer.produce(topic, "k", std::to_string(i), kNeverStop, nullptr, {}, i % 3));
    }
    REQUIRE(producer.flush(20s) == 0);

    Consumer consumer(brokers.settings(), {});
    consumer.assign({{topic, 0, 90}, {topic, 2, StartPosition::kBeginning}});
    auto records = read_all(consumer, 7);
    REQUIRE(records.size() == 110);
    for (const Record& record : records) {
        REQUIRE(
            std::string(record.value()) == std::to_string(record.offset() * 3 + record.partition())
        );
        REQUIRE(record.partition() != 1);
        if (record.partition() == 0) REQUIRE(record.offset() >= 90);
    }
    REQUIRE(consumer.partitions()[0]->next_offset() == 100);
    REQUIRE(consumer.partitions()[0]->known_watermarks()->high == 100);
    REQUIRE_FALSE(consumer.partitions()[0]->has_more());

    SECTION("another assignment replaces the first") {
        consumer.assign({{topic, 1, 99}});
        REQUIRE(text(read_all(consumer)) == "1@99 k=298");
    }
    SECTION("new records end a wait and the end") {
        REQUIRE(consumer.partitions()[0]->at_end());
        std::thread other([&] {
            std::this_thread::sleep_for(50ms);
            producer.produce(topic, "k", "late", kNeverStop, nullptr, {}, 0);
            producer.flush(20s);
        });
        std::vector<Record> more;
        auto begun = std::chrono::steady_clock::now();
        while (more.empty() && std::chrono::steady_clock::now() < begun + 20s) {
            consumer.wait(10s);
            for (const auto& reader : consumer.partitions())
                reader->read(more, 10);
        }
        other.join();
        REQUIRE(text(more) == "0@100 k=late");
        REQUIRE(std::chrono::steady_clock::now() < begun + 5s);
    }
}

TEST_CASE("a position that the log does not have is an error, never a jump", "[kafka]") {
    Brokers brokers;
    std::string topic = brokers.topic(1);
    Producer producer(brokers.settings(), {.linger = 1ms});
    producer.produce(topic, "k", "v", kNeverStop);
    REQUIRE(producer.flush(20s) == 0);
    Consumer consumer(brokers.settings(), {});
    consumer.assign({{topic, 0, 1000}});
    REQUIRE(read_all(consumer).empty());
    auto error = consumer.partitions()[0]->error();
    REQUIRE(error);
    INFO(error->text);
    REQUIRE(error->kind == PartitionError::Kind::offset_out_of_range);
    REQUIRE(error->text.starts_with(topic + "/0 at offset 1000: "));
}

TEST_CASE("the ends that brokers are asked for count what was just written", "[kafka]") {
    Brokers brokers;
    std::string topic = brokers.topic(2);
    Producer producer(brokers.settings(), {.linger = 1ms});
    Consumer consumer(brokers.settings(), {});
    for (std::int64_t i = 0; i < 20; ++i) {
        REQUIRE(consumer.ends({{topic, 0}, {topic, 1}}, 20s) == std::vector<std::int64_t>{0, i});
        producer.produce(topic, "k", "v", kNeverStop, nullptr, {}, 1);
        REQUIRE(producer.flush(20s) == 0);
    }
    auto marks = consumer.watermarks({topic, 1}, 20s);
    REQUIRE(marks.low == 0);
    REQUIRE(marks.high == 20);
    REQUIRE(consumer.partition_count(topic, 20s) == 2);
}

TEST_CASE("a full queue waits for room, or for the wish to stop", "[kafka]") {
    Brokers brokers;
    std::string topic = brokers.topic(1);
    std::size_t delivered = 0;
    Producer producer(
        brokers.settings(),
        {.linger = 1ms, .queue_messages = 10},
        [&](const Delivery& delivery) { delivered += delivery.ok() ? 1 : 0; }
    );
    for (int i = 0; i < 1'000; ++i)
        REQUIRE(producer.produce(topic, "k", "v", kNeverStop));
    REQUIRE(producer.flush(20s) == 0);
    REQUIRE(delivered == 1'000);

    const std::atomic<bool> stop{true};
    Producer nowhere({.brokers = "127.0.0.1:1"}, {.queue_messages = 10});
    bool taken = true;
    for (int i = 0; i < 11 && taken; ++i)
        taken = nowhere.produce(topic, "k", "v", stop);
    REQUIRE_FALSE(taken);
    REQUIRE(nowhere.outstanding() == 10);
    REQUIRE(nowhere.flush(10ms) == 10);
    nowhere.purge();
    REQUIRE(nowhere.outstanding() == 0);
    REQUIRE(nowhere.failed() == 10);
}

TEST_CASE("brokers that are away are told of once, and once when they are back", "[kafka]") {
    std::vector<std::string> changes;
    auto note = [&](bool up, const std::string& reason) {
        changes.push_back(up ? "up" : "down: " + reason);
    };
    SECTION("away") {
        Consumer consumer({.brokers = "127.0.0.1:1"}, {}, note);
        consumer.assign({{"some-topic", 0}});
        for (int i = 0; i < 30; ++i)
            consumer.wait(100ms);
        REQUIRE(changes.size() == 1);
        REQUIRE_THAT(
            changes[0], Catch::Contains("down: ") && Catch::Contains("Connection refused")
        );
        REQUIRE_THROWS_AS(consumer.ends({{"some-topic", 0}}, 200ms), KafkaError);
    }
    SECTION("there") {
        Brokers brokers;
        std::string topic = brokers.topic(1);
        Consumer consumer(brokers.settings(), {}, note);
        consumer.assign({{topic, 0}});
        for (int i = 0; i < 30; ++i)
            consumer.wait(100ms);
        REQUIRE(changes == std::vector<std::string>{"up"});
        if (!is_real()) {
            rd_kafka_mock_broker_set_down(brokers.mock(), 1);
            for (int i = 0; i < 40; ++i)
                consumer.wait(100ms);
            REQUIRE(changes.size() == 2);
            REQUIRE(changes[1].starts_with("down: "));
            rd_kafka_mock_broker_set_up(brokers.mock(), 1);
            for (int i = 0; i < 50 && changes.size() < 3; ++i)
                consumer.wait(100ms);
            REQUIRE(changes.size() == 3);
            REQUIRE(changes[2] == "up");
        }
    }
}

TEST_CASE("what waiting does not mend is an exception that says why", "[kafka]") {
    Brokers brokers;
    std::string topic = brokers.topic(1);
    Producer producer(brokers.settings(), {});
    REQUIRE_THROWS_WITH(
        producer.produce(topic, "k", std::string(2'000'000, 'x'), kNeverStop),
        Catch::Contains(topic) && Catch::Contains("Message size too large")
    );
    REQUIRE_THROWS_WITH(
        Producer({.options = {"acks=some"}}, {}),
        Catch::Contains("Kafka option acks: Invalid value")
    );
    REQUIRE_THROWS_WITH(Producer({.options = {"acks"}}, {}), Catch::Contains("is not name=value"));
}

TEST_CASE("topics are made once, described and removed", "[kafka][real]") {
    if (!is_real()) {
        WARN("skipped: DUEL_TEST_KAFKA is not set");
        return;
    }
    KafkaSettings kafka{.brokers = std::getenv("DUEL_TEST_KAFKA")};
    Admin admin(kafka);
    std::string name = "test-" + std::to_string(std::random_device{}());
    TopicSpec spec{
        .name = name,
        .partitions = 3,
        .replication = 1,
        .configs = {{"message.timestamp.type", "LogAppendTime"}, {"retention.ms", "-1"}}};
    REQUIRE(admin.describe({name}, 20s).empty());
    REQUIRE(admin.create({spec}, 20s) == std::vector<std::string>{name});
    REQUIRE(admin.create({spec}, 20s).empty());
    // The broker that is asked may not have heard of it yet.
    auto topics = admin.describe({name, "no-such-topic"}, 20s);
    for (int i = 0; i < 400 && topics.empty(); ++i) {
        std::this_thread::sleep_for(50ms);
        topics = admin.describe({name, "no-such-topic"}, 20s);
    }
    REQUIRE(topics.size() == 1);
    REQUIRE(topics[0].partitions == 3);
    REQUIRE(topics[0].replication == 1);
    REQUIRE(topics[0].configs.at("message.timestamp.type") == "LogAppendTime");
    REQUIRE(topics[0].configs.at("retention.ms") == "-1");
    REQUIRE(topics[0].configs.contains("cleanup.policy"));
    auto names = admin.list(20s);
    REQUIRE(std::set(names.begin(), names.end()).contains(name));

    Producer producer(kafka, {.linger = 1ms});
    producer.produce(name, "k", "v", kNeverStop, nullptr, {}, 2);
    REQUIRE(producer.flush(20s) == 0);
    Consumer consumer(kafka, {});
    consumer.assign({{name, 2}});
    auto records = read_all(consumer);
    REQUIRE(text(records) == "2@0 k=v");
    REQUIRE(records[0].timestamp_type() == Record::TimestampType::log_append_time);
    REQUIRE(
        consumer.offsets_at({{name, 2}, {name, 0}}, records[0].log_time(), 20s) ==
        std::vector<std::int64_t>{0, 0}
    );
    REQUIRE(
        consumer.offsets_at({{name, 2}}, records[0].log_time() + 1ms, 20s) ==
        std::vector<std::int64_t>{1}
    );

    REQUIRE_THROWS_WITH(
        admin.create({{.name = "bad name", .partitions = 1}}, 20s),
        Catch::Contains("creating topic bad name: ")
    );
    admin.remove({name, "no-such-topic"}, 20s);
}
