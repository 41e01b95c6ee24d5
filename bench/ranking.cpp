// What one refresh of a big leaderboard costs, without the writes: every symbol has ticked since
// the last one, so every portfolio is valued anew, sorted, and compared with what stood there.
//
// One thread, no Kafka, no Postgres: the projector's rules alone.

#include "bench/main.hpp"
#include "bench/report.hpp"
#include "bench/workload.hpp"
#include "platform/settings.hpp"
#include "projector/rules/apply.hpp"

#include <ctime>
#include <fmt/format.h>
#include <stdexcept>
#include <vector>

namespace duel::bench {
namespace {

using namespace std::chrono_literals;

struct Options {
    World world{.name = "bench", .contests = 1, .wallets = 100'000, .symbols = 20, .seed = 1};
    std::uint32_t positions = 5;
    std::uint32_t refreshes = 50;
    std::string json_file;
};

Options parse(int argc, char** argv) {
    Options options;
    platform::Settings settings{"bench-ranking", "CPU of one refresh of a big leaderboard."};
    settings.add(
        "--entrants",
        "",
        options.world.wallets,
        "",
        "of the contest",
        platform::between(1U, 1'000'000U)
    );
    settings.add(
        "--symbols", "", options.world.symbols, "", "how many", platform::between(1U, 99U)
    );
    settings.add("--positions", "", options.positions, "", "of each", platform::between(0U, 99U));
    settings.add("--refreshes", "", options.refreshes, "", "how many", platform::at_least(1U));
    settings.add("--json", "", options.json_file, "file", "append the figures as a line of JSON");
    settings.parse(argc, argv);
    return options;
}

double cpu_milliseconds() {
    timespec used{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) * 1e3 + static_cast<double>(used.tv_nsec) / 1e6;
}

// A contest shard without a log.
class Shard {
public:
    explicit Shard(const Options& options) : options_{options}, workload_{options.world} {
        for (const Event& event : workload_.opening(now_))
            take(event);
        for (std::uint32_t wallet = 0; wallet < options.world.wallets; ++wallet) {
            for (std::uint32_t n = 0; n < options.positions; ++n) {
                Trade trade = workload_.trade(now_);
                trade.wallet_address = options.world.wallet(wallet);
                trade.symbol = options.world.symbol((wallet + n) % options.world.symbols);
                take(trade);
            }
        }
        refresh();
    }

    // Every symbol ticks, then the contest is ranked; the CPU of the ranking in milliseconds.
    double refresh() {
        now_ += 1s;
        for (std::uint32_t symbol = 0; symbol < options_.world.symbols; ++symbol) {
            Price tick = workload_.tick(now_);
            tick.symbol = options_.world.symbol(symbol);
            take(tick);
        }
        const double before = cpu_milliseconds();
        projector::rank_in_silence(state_);
        const double used = cpu_milliseconds() - before;
        projector::settle(state_);
        return used;
    }

private:
    void take(const Event& event) {
        const Topic topic = topic_of(event);
        for (projector::Verdict verdict = apply(event, topic);
             verdict.outcome != projector::Outcome::applied;
             verdict = apply(event, topic)) {
            if (verdict.outcome != projector::Outcome::asks)
                throw std::runtime_error("refused: " + verdict.error.sentence());
            state_.book.homes.learn(verdict.question->text, std::nullopt);
        }
    }
    projector::Verdict apply(const Event& event, Topic topic) {
        return projector::apply(
            state_, {topic, 0, offset_++, now_}, Result<Event>{event}, projector::Limits{}
        );
    }

    const Options& options_;
    Workload workload_;
    Timestamp now_{Timestamp{} + std::chrono::hours{480'000}};
    std::int64_t offset_{0};
    projector::ContestState state_{0};
};

void run(const Options& options) {
    Shard shard{options};
    std::vector<double> used;
    for (std::uint32_t i = 0; i < options.refreshes; ++i)
        used.push_back(shard.refresh());
    Report report{fmt::format("ranking: a contest of {} entrants", options.world.wallets)};
    report.note(
        "world",
        fmt::format("{} positions each, {} symbols", options.positions, options.world.symbols)
    );
    report.add("refreshes", static_cast<double>(used.size()));
    report.add("CPU of one, median", percentile(used, 0.5), "ms");
    report.add("CPU of one, worst", percentile(used, 1.0), "ms");
    report.publish(options.json_file);
}

}  // namespace
}  // namespace duel::bench

int main(int argc, char** argv) {
    return duel::bench::run_main("bench-ranking", argc, argv, duel::bench::parse, duel::bench::run);
}
