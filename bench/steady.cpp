// A steady load of trades and ticks: how long a record takes from Kafka's append to its commit, and
// whether memory stays where it is.
//
// Open loop: event n is due at n ÷ rate. Kafka, projector, Postgres and this program share the
// machine. With a rate beyond what it can do this is the measurement of overload.

#include "bench/histogram.hpp"
#include "bench/main.hpp"
#include "bench/report.hpp"
#include "bench/stack.hpp"
#include "bench/workload.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>
#include <thread>

namespace duel::bench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct Options {
    StackSettings stack;
    World world;
    std::string metrics;
    std::uint32_t rate = 5'000;
    std::uint32_t ticks_in_ten = 5;
    seconds length{30};
    seconds warm_up{10};
};

Options parse(int argc, char** argv) {
    Options options;
    platform::Settings settings{
        "bench-steady", "Append to commit, and memory, under a steady load of trades and ticks."};
    options.stack.offer(settings);
    settings.add("--metrics", "DUEL_PROJECTOR_METRICS", options.metrics, "URL", "of the projector")
        .required();
    settings.add(
        "--rate", "", options.rate, "events/s", "produced", platform::between(1U, 1'000'000U)
    );
    settings.add(
        "--ticks-in-ten",
        "",
        options.ticks_in_ten,
        "",
        "the rest are trades",
        platform::between(0U, 10U)
    );
    settings.add(
        "--for", "", options.length, "time", "that counts", platform::at_least(seconds{1})
    );
    settings.add("--warm-up", "", options.warm_up, "time", "before it");
    settings.add(
        "--contests", "", options.world.contests, "", "how many", platform::between(1U, 10'000U)
    );
    settings.add(
        "--wallets",
        "",
        options.world.wallets,
        "",
        "of each contest",
        platform::between(1U, 100'000U)
    );
    settings.parse(argc, argv);
    options.world.name =
        fmt::format("steady-{}", std::chrono::system_clock::now().time_since_epoch().count());
    return options;
}

Timestamp wall_clock() {
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()
    );
}

class Load {
public:
    Load(const Options& options, Stack& stack)
        : options_{options}, stack_{stack}, workload_{options.world} {}

    // Produces until then, and notes the projector's memory every second.
    void run_until(Clock::time_point end) {
        while (Clock::now() < end) {
            const Clock::time_point due = start_ + std::chrono::nanoseconds{seconds{1}} *
                                                       static_cast<std::int64_t>(produced_) /
                                                       options_.rate;
            if (due > Clock::now()) {
                stack_.poll();
                std::this_thread::sleep_until(std::min(due, Clock::now() + milliseconds{1}));
                continue;
            }
            produce();
            if (Clock::now() - noted_ < seconds{1}) continue;
            noted_ = Clock::now();
            memory_.push_back(resident_megabytes(options_.stack.projector));
        }
    }

    std::uint64_t produced() const { return produced_; }
    std::vector<double> take_memory() { return std::exchange(memory_, {}); }

private:
    void produce() {
        const auto number = static_cast<std::uint32_t>(produced_++);
        if (number % 10 < options_.ticks_in_ten) {
            const Price tick = workload_.tick(wall_clock());
            stack_.produce(tick, number_in(tick.symbol));
        } else {
            const Trade trade = workload_.trade(wall_clock());
            stack_.produce(trade, number_in(*trade.contest_id));
        }
    }

    const Options& options_;
    Stack& stack_;
    Workload workload_;
    Clock::time_point start_{Clock::now()};
    Clock::time_point noted_{start_};
    std::uint64_t produced_{0};
    std::vector<double> memory_;
};

void run(const Options& options) {
    Stack stack{options.stack, milliseconds{5}};  // what clients do unless told otherwise
    open_world(stack, options.world);
    const auto read = [&] {
        return Histogram::read(page_of(options.metrics), "duel_projector_append_to_commit_seconds");
    };
    Load load{options, stack};
    const auto start = Clock::now();
    load.run_until(start + options.warm_up);
    load.take_memory();
    const auto before = read();
    const auto produced_before = load.produced();
    const auto meters = stack.meters();
    load.run_until(start + options.warm_up + options.length);
    const auto latency = read().since(before);
    auto memory = load.take_memory();

    const auto span = static_cast<double>(options.length.count());
    Report report{fmt::format("steady: {} events/s asked for", options.rate)};
    report.add("partitions", stack.trade_partitions());
    report.add("events/s", static_cast<double>(load.produced() - produced_before) / span);
    report.add("batches", latency.count());
    for (const double part : {0.5, 0.9, 0.99})
        report.add(
            fmt::format("append → commit of a batch's oldest, p{:g}", part * 100),
            latency.percentile(part) * 1e3,
            "ms"
        );
    for (const auto& meter : meters)
        report.add("CPU of " + meter.name(), meter.used() / span, "cores");
    if (!memory.empty()) {
        report.add("memory of the projector, at first", memory.front(), "MB");
        report.add("memory of the projector, at last", memory.back(), "MB");
        report.add("memory of the projector, at most", std::ranges::max(memory), "MB");
    }
    for (const auto& [cause, rows] : stack.journal_rows_a_million())
        report.add("rows of the journal a million records, " + cause, rows);
    report.publish(options.stack.json_file);
}

}  // namespace
}  // namespace duel::bench

int main(int argc, char** argv) {
    return duel::bench::run_main("bench-steady", argc, argv, duel::bench::parse, duel::bench::run);
}
