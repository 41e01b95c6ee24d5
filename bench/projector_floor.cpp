// The floor under bench-projector: the same trades, then the same ticks, from the same topics into
// tables like the model's, by the least program that can do it. What the real projector costs
// beyond this buys its features.

#include "bench/floor_ticks.hpp"
#include "bench/floor_trades.hpp"
#include "bench/main.hpp"
#include "bench/report.hpp"
#include "bench/stack.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <exception>
#include <fmt/format.h>
#include <future>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace duel::bench {
namespace {

struct Options {
    StackSettings stack;
    std::size_t batch = 5'000;
};

Options parse(int argc, char** argv) {
    Options options;
    platform::Settings settings{
        "bench-projector-floor",
        "The floor under bench-projector: writes the topics' trades and ticks, no more."};
    options.stack.offer(settings);
    settings.add(
        "--batch",
        "",
        options.batch,
        "records",
        "of one transaction",
        platform::between(1UL, 1'000'000UL)
    );
    settings.parse(argc, argv);
    return options;
}

struct Table {
    std::string_view name;
    int fillfactor;
};

// The last five are those of ticks.
constexpr std::array<Table, 8> kTables{{
    {"trades", 100},
    {"positions", 80},
    {"portfolios", 80},
    {"candles", 80},
    {"prices", 80},
    {"market_sentiment", 80},
    {"marks", 80},
    {"shards", 50},
}};

// A schema of our own, gone when we are.
class Tables {
public:
    explicit Tables(platform::Connection& postgres) : postgres_(postgres) {
        const auto model = postgres.exec("select schema_name from duel_control.models where active")
                               .one()
                               .get<std::string>(0);
        std::string sql = "drop schema if exists bench_floor cascade; create schema bench_floor;";
        for (const auto& [table, fillfactor] : kTables) {
            sql += fmt::format(
                "create table bench_floor.{0} (like {1}.{0} including all) with (fillfactor = "
                "{2});",
                table,
                postgres.quote_name(model),
                fillfactor
            );
        }
        postgres.exec(sql);
    }
    ~Tables() {
        try {
            postgres_.exec("drop schema bench_floor cascade");
        } catch (const std::exception& failure) {
            fmt::print(stderr, "schema bench_floor stays behind: {}\n", failure.what());
        }
    }
    Tables(const Tables&) = delete;
    Tables& operator=(const Tables&) = delete;

private:
    platform::Connection& postgres_;
};

// One shard a partition, all at the same time, each to the end of its partition; what that took.
template <class RunShard>
void measure(
    Stack& stack,
    const Options& options,
    const std::string& noun,
    const std::vector<std::int64_t>& ends,
    RunShard run_shard
) {
    const auto meters = stack.meters();
    const Meter own{"the floor", getpid()};
    const auto wal = stack.wal_bytes();
    const auto start = std::chrono::steady_clock::now();
    std::vector<std::future<std::uint64_t>> shards;
    shards.reserve(ends.size());
    for (std::size_t p = 0; p < ends.size(); ++p)
        shards.push_back(
            std::async(std::launch::async, run_shard, static_cast<std::int32_t>(p), ends[p])
        );
    std::uint64_t events = 0;
    for (auto& shard : shards)
        events += shard.get();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;

    const auto count = static_cast<double>(events);
    Report report{fmt::format("floor: the {} of the topic, written and no more", noun)};
    report.note("batch", fmt::format("{} records", options.batch));
    report.note("shards", fmt::format("{}", ends.size()));
    report.add(noun, count);
    report.add(noun + "/s", count / took.count());
    report.add("seconds", took.count(), "s");
    const auto add_cpu = [&](const Meter& meter) {
        const auto used = meter.used();
        report.add("CPU of " + meter.name(), used, "s");
        report.add("CPU of " + meter.name() + " each", used / count * 1e6, "µs");
    };
    add_cpu(own);
    for (const auto& meter : meters)
        add_cpu(meter);
    report.add("WAL each", (stack.wal_bytes() - wal) / count, "bytes");
    report.publish(options.stack.json_file);
}

void run(const Options& options) {
    Stack stack{options.stack, std::chrono::milliseconds{20}};
    const Tables tables{stack.postgres()};
    FloorSettings settings{.kafka = options.stack.kafka, .postgres = {}, .batch = options.batch};
    settings.postgres.url = options.stack.postgres.value;
    settings.postgres.application_name = "bench-floor";
    settings.postgres.parameters["search_path"] = "bench_floor";

    const auto ends = stack.ends();
    measure(stack, options, "trades", ends.trades, [&](std::int32_t partition, std::int64_t end) {
        return FloorTrades{settings, partition}.run(end);
    });
    measure(stack, options, "ticks", ends.prices, [&](std::int32_t partition, std::int64_t end) {
        return FloorTicks{settings, partition, stack.trade_partitions()}.run(end);
    });
}

}  // namespace
}  // namespace duel::bench

int main(int argc, char** argv) {
    return duel::bench::run_main(
        "bench-projector-floor", argc, argv, duel::bench::parse, duel::bench::run
    );
}
