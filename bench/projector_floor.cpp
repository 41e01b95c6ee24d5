// The floor under bench-projector: the same trades from the same topic into tables like the
// model's, by the least program that can do it. What the real projector costs beyond this buys its
// features.

#include "bench/floor_shard.hpp"
#include "bench/main.hpp"
#include "bench/report.hpp"
#include "bench/stack.hpp"

#include <chrono>
#include <cstdio>
#include <exception>
#include <fmt/format.h>
#include <future>
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
        "The floor under bench-projector: writes the topic's trades, no more."};
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

// A schema of our own, gone when we are.
class Tables {
public:
    explicit Tables(platform::Connection& postgres) : postgres_(postgres) {
        const auto model = postgres.exec("select schema_name from duel_control.models where active")
                               .one()
                               .get<std::string>(0);
        std::string sql = "drop schema if exists bench_floor cascade; create schema bench_floor;";
        for (const auto* table : {"trades", "positions", "portfolios"}) {
            sql += fmt::format(
                "create table bench_floor.{0} (like {1}.{0} including all) with (fillfactor = "
                "{2});",
                table,
                postgres.quote_name(model),
                std::string_view{table} == "trades" ? 100 : 80
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

void run(const Options& options) {
    Stack stack{options.stack, std::chrono::milliseconds{20}};
    const Tables tables{stack.postgres()};
    platform::ConnectionSettings connection;
    connection.url = options.stack.postgres.value;
    connection.application_name = "bench-floor";
    connection.parameters["search_path"] = "bench_floor";

    const auto ends = stack.ends();
    const auto meters = stack.meters();
    const Meter own{"the floor", getpid()};
    const auto wal = stack.wal_bytes();
    const auto start = std::chrono::steady_clock::now();
    std::vector<std::future<std::uint64_t>> shards;
    shards.reserve(ends.trades.size());
    for (std::int32_t p = 0; p < stack.trade_partitions(); ++p) {
        shards.push_back(std::async(std::launch::async, [&, p] {
            const auto end = ends.trades[static_cast<std::size_t>(p)];
            return FloorShard{options.stack.kafka, connection, p, options.batch}.run(end);
        }));
    }
    std::uint64_t trades = 0;
    for (auto& shard : shards)
        trades += shard.get();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;

    const auto count = static_cast<double>(trades);
    Report report{"floor: the trades of the topic, written and no more"};
    report.note("batch", fmt::format("{} records", options.batch));
    report.note("shards", fmt::format("{}", stack.trade_partitions()));
    report.add("trades", count);
    report.add("trades/s", count / took.count());
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

}  // namespace
}  // namespace duel::bench

int main(int argc, char** argv) {
    return duel::bench::run_main(
        "bench-projector-floor", argc, argv, duel::bench::parse, duel::bench::run
    );
}
