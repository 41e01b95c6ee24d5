// What it costs to turn the messages of an exchange into records for Kafka: frames a second and
// core, from bytes to the produced tick.
//
// One thread, no network and no TLS. The frames are trades of Binance's combined streams, as many
// different ones as fit the memory of trades, so nothing is dropped as known; the producer is real,
// its brokers are librdkafka's own mock in this process. The CPU of its threads is in a figure of
// its own.

#include "bench/main.hpp"
#include "bench/report.hpp"
#include "ingest/io/tick_sink.hpp"
#include "ingest/rules/exchanges.hpp"
#include "ingest/rules/frame_reader.hpp"
#include "ingest/rules/tick_maker.hpp"
#include "platform/settings.hpp"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <ctime>
#include <fmt/format.h>
#include <stdexcept>
#include <thread>

namespace duel::bench {
namespace {

using namespace std::chrono_literals;
using namespace ingest;  // NOLINT(google-build-using-namespace)

struct Options {
    std::uint64_t frames = 1'000'000;
    std::string json_file;
};

Options parse(int argc, char** argv) {
    Options options;
    platform::Settings settings{"bench-exchange-frames", "From an exchange's bytes to ticks."};
    settings.add("--frames", "", options.frames, "frames", "of each figure", platform::at_least(1));
    settings.add("--json", "", options.json_file, "file", "append the figures as a line of JSON");
    settings.parse(argc, argv);
    return options;
}

class Brokers {
public:
    Brokers() { rd_kafka_mock_topic_create(cluster_, "prices", 4, 1); }
    ~Brokers() {
        rd_kafka_mock_cluster_destroy(cluster_);
        rd_kafka_destroy(client_);
    }
    Brokers(const Brokers&) = delete;
    Brokers& operator=(const Brokers&) = delete;
    platform::KafkaSettings settings() const {
        return {.brokers = rd_kafka_mock_cluster_bootstraps(cluster_)};
    }

private:
    rd_kafka_t* client_ = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), nullptr, 0);
    rd_kafka_mock_cluster_t* cluster_ = rd_kafka_mock_cluster_new(client_, 1);
};

double cpu_seconds(clockid_t clock) {
    timespec used{};
    clock_gettime(clock, &used);
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

Timestamp wall_now() {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::string frame_of(std::uint64_t number, std::int64_t ms) {
    return fmt::format(
        R"({{"stream":"btcusdt@trade","data":{{"e":"trade","E":{},"s":"BTCUSDT","t":{},)"
        R"("p":"{}.{:02}000000","q":"0.{:05}000","b":20720542158,"a":20720542592,"T":{},)"
        R"("m":{},"M":true}}}})",
        ms,
        3'071'245'454 + number,
        28'000 + number % 500,
        number % 100,
        number % 99'999 + 1,
        ms,
        number % 2 == 0
    );
}

// Frames a second of this thread's CPU; `use` gets every tick.
template <class Use>
double rate(const Options& options, Use use) {
    constexpr std::uint64_t kRound = 10'000;
    FrameReader reader{binance()};
    TickMaker ticks{"binance", {{"BTCUSDT", "BTC"}}, {}};
    Event event{Price{}};
    std::vector<std::string> frames(kRound);
    double used = 0;
    for (std::uint64_t done = 0; done < options.frames; done += kRound) {
        const auto arrival = wall_now();
        const auto ms =
            std::chrono::duration_cast<std::chrono::milliseconds>(arrival.time_since_epoch());
        for (std::uint64_t i = 0; i < kRound; ++i)
            frames[i] = frame_of(done + i, ms.count());
        const auto before = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
        for (const auto& frame : frames) {
            if (reader.read(frame)) throw std::runtime_error("a good frame was refused");
            for (const auto& seen : reader.reading().observations)
                if (ticks.make(seen, arrival, std::get<Price>(event)) == TickMaker::Verdict::tick)
                    use(event);
        }
        used += cpu_seconds(CLOCK_THREAD_CPUTIME_ID) - before;
    }
    if (ticks.counts().ticks < options.frames) throw std::runtime_error("ticks are missing");
    return static_cast<double>(options.frames) / used;
}

void run(const Options& options) {
    Report report{"exchanges: frames of Binance trades"};
    OutgoingRecord record;
    report.add("to ticks", rate(options, [](const Event&) {}), "frames/s of a core");
    report.add(
        "to records",
        rate(options, [&](const Event& event) { encode_record(event, record); }),
        "frames/s of a core"
    );

    const Brokers brokers;
    IngestMetrics metrics;
    platform::Health health;
    TickSink sink{brokers.settings(), metrics, health};
    // The first tick finds the broker; what is sent before that waits or is dropped.
    Price first;
    first.symbol = "BTC";
    first.price = Amount::from_integer(1);
    first.timestamp = wall_now();
    sink.send(first);
    while (metrics.produced("price").Value() < 1) {
        sink.poll();
        std::this_thread::sleep_for(1ms);
    }
    std::uint64_t sent = 1;
    const auto before = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
    const auto produced = rate(options, [&](const Event& event) {
        sink.send(event);
        // As the loop of duel-ingest does, and never more than the sink would hold back.
        if (++sent % 10'000 == 0)
            while (metrics.produced("price").Value() + 5'000 < static_cast<double>(sent)) {
                sink.poll();
                std::this_thread::sleep_for(1ms);
            }
    });
    if (sink.flush(30s) > 0) throw std::runtime_error("ticks were not delivered");
    const auto process = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - before;
    if (metrics.produced("price").Value() < static_cast<double>(sent))
        throw std::runtime_error("ticks were dropped");
    report.add("to produced ticks, the reading thread", produced, "frames/s of a core");
    report.add(
        "to produced ticks, with librdkafka's threads, its mock of a broker and making the frames",
        static_cast<double>(options.frames) / process,
        "frames/s of a core"
    );
    report.publish(options.json_file);
}

}  // namespace
}  // namespace duel::bench

int main(int argc, char** argv) {
    return duel::bench::run_main(
        "bench-exchange-frames", argc, argv, duel::bench::parse, duel::bench::run
    );
}
