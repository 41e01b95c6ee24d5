// Trades and ticks a second through the projector, from Kafka to committed rows.
//
// The projector is frozen (SIGSTOP) while a backlog is produced; the time runs from its thawing
// until every shard has committed the last record. So producing costs the measurement nothing.

#include "bench/main.hpp"
#include "bench/report.hpp"
#include "bench/stack.hpp"
#include "bench/workload.hpp"

#include <chrono>
#include <fmt/format.h>
#include <stdexcept>

namespace duel::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Options {
    StackSettings stack;
    World world;
    std::uint64_t trades = 500'000;
    std::uint64_t ticks = 500'000;
    std::chrono::seconds longest{600};
};

Options parse(int argc, char** argv) {
    Options options;
    platform::Settings settings{
        "bench-projector", "Trades and ticks a second, from Kafka to committed rows."};
    options.stack.offer(settings);
    auto& world = options.world;
    settings.add("--trades", "", options.trades, "records", "of the backlog of trades");
    settings.add("--ticks", "", options.ticks, "records", "of the backlog of ticks");
    settings.add("--contests", "", world.contests, "", "how many", platform::between(1U, 10'000U));
    settings.add(
        "--wallets", "", world.wallets, "", "of each contest", platform::between(1U, 100'000U)
    );
    settings.add("--symbols", "", world.symbols, "", "how many", platform::between(1U, 1'000U));
    settings.add("--seed", "", world.seed, "", "same seed, same records");
    settings.add("--longest", "", options.longest, "time", "give up after that");
    settings.parse(argc, argv);
    world.name =
        fmt::format("bench-{}", std::chrono::system_clock::now().time_since_epoch().count());
    return options;
}

Timestamp now() {
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()
    );
}

// Fills the log behind the projector's back, lets it catch up, and says what that took.
template <class Fill>
void measure(
    Report& report,
    const std::string& noun,
    std::uint64_t records,
    const Options& options,
    Stack& stack,
    Fill fill
) {
    Frozen projector{options.stack.projector};
    const auto before = stack.ends().total();
    fill();
    stack.flush();
    const auto ends = stack.ends();
    if (ends.total() - before != static_cast<std::int64_t>(records)) {
        throw std::runtime_error("somebody else produced meanwhile: measure on a stack of its own");
    }
    const auto updates = stack.updates();
    const auto wal = stack.wal_bytes();
    const auto meters = stack.meters();
    const auto start = Clock::now();
    projector.thaw();
    if (!stack.wait_for_commit(ends, options.longest)) {
        throw std::runtime_error(fmt::format("not caught up after {} s", options.longest.count()));
    }
    const std::chrono::duration<double> took = Clock::now() - start;
    const auto count = static_cast<double>(records);
    report.add(noun, count);
    report.add(noun + "/s", count / took.count());
    report.add("seconds", took.count(), "s");
    for (const auto& meter : meters) {
        const auto used = meter.used();
        report.add("CPU of " + meter.name(), used, "s");
        report.add("CPU of " + meter.name() + " each", used / count * 1e6, "µs");
    }
    report.add("WAL each", (stack.wal_bytes() - wal) / count, "bytes");
    const auto updated = stack.updates();
    if (updated.all > updates.all)
        report.add(
            "updates that are HOT",
            100 * (updated.hot - updates.hot) / (updated.all - updates.all),
            "%"
        );
}

void run(const Options& options) {
    if (options.stack.projector == 0) {
        throw std::runtime_error("--projector-pid (DUEL_PROJECTOR_PID): which process to measure");
    }
    Stack stack{options.stack, std::chrono::milliseconds{20}};
    const auto refused_before = stack.dead_letters();
    open_world(stack, options.world);
    Workload workload{options.world};

    const auto world = fmt::format(
        "{} contests × {} wallets, {} symbols",
        options.world.contests,
        options.world.wallets,
        options.world.symbols
    );
    Report trades{"trades: from Kafka to committed rows"};
    trades.note("world", world);
    trades.note("shards", fmt::format("{}", stack.trade_partitions()));
    measure(trades, "trades", options.trades, options, stack, [&] {
        for (std::uint64_t i = 0; i < options.trades; ++i) {
            const auto trade = workload.trade(now());
            stack.produce(trade, number_in(*trade.contest_id));
        }
    });
    trades.add("dead letters", static_cast<double>(stack.dead_letters() - refused_before));
    trades.publish(options.stack.json_file);

    Report ticks{"ticks: from Kafka to committed rows (market shards and marks of contest shards)"};
    ticks.note("world", world);
    measure(ticks, "ticks", options.ticks, options, stack, [&] {
        for (std::uint64_t i = 0; i < options.ticks; ++i) {
            const auto tick = workload.tick(now());
            stack.produce(tick, number_in(tick.symbol));
        }
    });
    ticks.add("dead letters", static_cast<double>(stack.dead_letters() - refused_before));
    ticks.publish(options.stack.json_file);
}

}  // namespace
}  // namespace duel::bench

int main(int argc, char** argv) {
    return duel::bench::run_main(
        "bench-projector", argc, argv, duel::bench::parse, duel::bench::run
    );
}
