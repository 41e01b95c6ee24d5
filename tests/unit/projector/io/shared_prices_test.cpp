// Against brokers that librdkafka plays.

#include "projector/io/shared_prices.hpp"

#include "projector/io/lane.hpp"
#include "tests/unit/platform/brokers.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <memory>
#include <thread>

namespace duel::projector {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::int32_t kPartitions = 2;
constexpr std::int64_t kRecords = 12'000;  // of each partition
constexpr std::size_t kWindow = 8'000;     // of both together

// Brokers with ticks; every price is its offset and one.
class Log {
public:
    Log() {
        brokers_.topic(kPartitions, "prices");
        append(kRecords);
    }

    void append(std::int64_t count) {
        const std::atomic<bool> never{false};
        platform::Producer producer{brokers_.settings(), {.linger = 1ms}};
        for (std::int64_t i = 0; i < count; ++i) {
            for (std::int32_t p = 0; p < kPartitions; ++p) {
                std::string tick;
                encode(
                    Price{
                        .symbol = "S" + std::to_string(p),
                        .price = Amount::from_integer(end_ + i + 1),
                        .timestamp = Timestamp{1h}},
                    tick
                );
                producer.produce("prices", "", tick, never, nullptr, {}, p);
            }
        }
        REQUIRE(producer.flush(30s) == 0);
        end_ += count;
    }

    std::int64_t end() const { return end_; }
    platform::KafkaSettings kafka() const { return brokers_.settings(); }
    std::unique_ptr<SharedPrices> share() const {
        return std::make_unique<SharedPrices>(
            SharedPricesSettings{kafka(), kPartitions, kWindow, {}}, platform::KafkaStateHook{}
        );
    }

private:
    platform::Brokers brokers_;
    std::int64_t end_{0};
};

// What a shard does with one partition.
class Reader {
public:
    Reader(const Log& log, SharedPrices& prices, std::int32_t partition, std::int64_t from)
        : consumer_{log.kafka(), {}},
          lane_{
              consumer_,
              arrival_reader_,
              Topic::prices,
              partition,
              from,
              prices.follow(partition, from, [this] { consumer_.wake(); })},
          next_{from} {}

    // Takes up to that offset; false where something was missing, repeated or other than it was.
    bool take_until(std::int64_t end, std::chrono::seconds longest = 20s) {
        const auto deadline = Clock::now() + longest;
        while (next_ < end && Clock::now() < deadline) {
            lane_.fill();
            if (!lane_.has_head()) consumer_.wait(10ms);
            while (next_ < end && lane_.has_head()) {
                const Arrival& head = lane_.head();
                const auto* price = head.event ? std::get_if<Price>(&*head.event) : nullptr;
                if (price == nullptr || head.place.offset != next_ ||
                    price->price != Amount::from_integer(next_ + 1))
                    return false;
                ++next_;
                lane_.move_head(chunk_, false);
            }
            chunk_ = {};
            lane_.begin_chunk();
        }
        return next_ == end;
    }

    bool is_caught_up() {
        for (int i = 0; i < 2000; ++i) {
            lane_.fill();
            if (lane_.is_caught_up()) return true;
            consumer_.wait(10ms);
        }
        return false;
    }
    std::int64_t lag() const { return lane_.lag(); }

private:
    platform::Consumer consumer_;
    ArrivalReader arrival_reader_;
    Chunk chunk_;
    Lane lane_;
    std::int64_t next_;
};

TEST_CASE("who follows from wherever reads every record once", "[prices]") {
    const Log log;
    const auto prices = log.share();
    std::atomic<int> right{0};
    {
        std::vector<std::jthread> threads;
        for (std::int32_t partition = 0; partition < kPartitions; ++partition) {
            for (const std::int64_t from : {0, 1, 999, 6'000, 11'999, 12'000})
                threads.emplace_back([&, partition, from] {
                    Reader reader{log, *prices, partition, from};
                    if (reader.take_until(kRecords) && reader.is_caught_up()) ++right;
                });
        }
    }
    CHECK(right == 12);
}

TEST_CASE("who stands still holds nobody up and loses nothing", "[prices]") {
    const Log log;
    const auto prices = log.share();
    Reader still{log, *prices, 0, 0};
    Reader quick{log, *prices, 0, 0};
    REQUIRE(still.take_until(10));
    // Beyond what the window holds, while the other keeps to its beginning.
    REQUIRE(quick.take_until(kRecords));
    CHECK(still.lag() > 0);
    REQUIRE(still.take_until(kRecords));
    CHECK(still.is_caught_up());
}

TEST_CASE("who was behind follows again once it has caught up", "[prices]") {
    Log log;
    const auto prices = log.share();
    Reader first{log, *prices, 1, kRecords};
    REQUIRE(first.is_caught_up());
    Reader late{log, *prices, 1, 0};
    REQUIRE(late.take_until(kRecords));
    REQUIRE(late.is_caught_up());
    log.append(3'000);
    CHECK(first.take_until(log.end()));
    CHECK(late.take_until(log.end()));
    CHECK(late.lag() == 0);
}

TEST_CASE("a position that the log does not have is an error of who stands there", "[prices]") {
    const Log log;
    const auto prices = log.share();
    platform::Consumer consumer{log.kafka(), {}};
    const auto follower = prices->follow(0, kRecords + 100, [] {});
    std::optional<platform::PartitionError> error;
    for (int i = 0; i < 500 && !error; ++i) {
        error = follower->take(kRecords + 100).error;
        std::this_thread::sleep_for(10ms);
    }
    REQUIRE(error);
    CHECK(error->kind == platform::PartitionError::Kind::offset_out_of_range);
    // Who comes next begins anew.
    Reader reader{log, *prices, 0, 0};
    CHECK(reader.take_until(kRecords));
}

}  // namespace
}  // namespace duel::projector
