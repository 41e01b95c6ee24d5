// The commands that write to Kafka from an input: replay and simulate.

#include "ingest/io/commands.hpp"
#include "ingest/io/open_sources.hpp"
#include "ingest/io/sender.hpp"
#include "ingest/io/simulation_source.hpp"
#include "platform/topics.hpp"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>

namespace duel::ingest {
namespace {

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kRefusedLines = 3;
constexpr int kInterrupted = 130;

Pace pace_of(const PaceSettings& settings) {
    return {.speed = settings.speed.number, .longest_wait = settings.longest_wait};
}

// Topics first, then everything that the source has. Nothing where the program was stopped before.
std::optional<SendOutcome> send(
    const CommonSettings& common,
    Source& source,
    const Pace& pace,
    const platform::Shutdown& shutdown
) {
    IngestMetrics metrics;
    platform::Health health;
    health.expect("kafka");
    const platform::HttpServer http{common.http, metrics.all(), health};
    {
        platform::Admin admin{common.kafka};
        const auto rules = topic_rules(common.partitions, common.replication);
        const auto why = [&](const std::string& reason) { health.set("kafka", false, reason); };
        using platform::MissingTopics;
        using platform::Refused;
        if (!await_topics(admin, rules, MissingTopics::create, Refused::end, shutdown, why))
            return std::nullopt;
    }
    Sender sender{common.kafka, metrics, shutdown, [&](bool up, const std::string& reason) {
                      health.set("kafka", up, reason);
                  }};
    return sender.send(source, pace);
}

void say(const SendOutcome& outcome, const char* done) {
    platform::Progress progress{
        .events = outcome.delivered, .refused = outcome.refused, .elapsed = outcome.elapsed};
    if (outcome.is_interrupted) progress.fraction = outcome.fraction;
    const auto took = std::chrono::duration_cast<std::chrono::seconds>(outcome.elapsed);
    fmt::print(stderr, "{} in {}: {}\n", done, platform::clock_text(took), text(progress));
    if (outcome.undelivered > 0)
        fmt::print(
            stderr,
            "{} events were given up: Kafka did not acknowledge them in time\n",
            platform::grouped(outcome.undelivered)
        );
}

SimulationPlan plan_of(const SimulateSettings& settings) {
    SimulationPlan plan;
    plan.seed = settings.seed;
    plan.symbols = split_list(settings.symbols);
    plan.wallets = settings.wallets;
    plan.start = settings.start.at.value_or(
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())
    );
    plan.step = std::chrono::microseconds{std::max(1L, std::lround(1e6 / settings.rate))};
    if (settings.minutes.number)
        plan.steps = static_cast<std::uint64_t>(*settings.minutes.number * 60 * settings.rate);
    plan.contest_id =
        settings.contest.empty() ? simulated_contest_id(plan.start) : settings.contest;
    return plan;
}

}  // namespace

int run_replay(
    const CommonSettings& common,
    const ReplaySettings& replay,
    const platform::Shutdown& shutdown
) {
    ReadLimit limit{replay.limit};
    const SourcePtr source = open_sources(replay.paths, limit, shutdown.fd());
    Pace pace = pace_of(replay.pace);
    pace.events_per_second = replay.rate.number;

    const auto outcome = send(common, *source, pace, shutdown);
    if (!outcome) return kInterrupted;
    say(*outcome, outcome->is_interrupted ? "interrupted" : "replayed");
    if (outcome->undelivered > 0) return kFailed;
    if (outcome->is_interrupted) return kInterrupted;
    return outcome->refused > 0 ? kRefusedLines : kDone;
}

int run_simulate(
    const CommonSettings& common,
    const SimulateSettings& simulate,
    const platform::Shutdown& shutdown
) {
    SimulationPlan plan = plan_of(simulate);
    if (plan.symbols.empty())
        throw platform::SettingError{"--symbols: there must be at least one symbol"};
    fmt::print("contest: {}\n", plan.contest_id);
    std::fflush(stdout);

    SimulationSource source{std::move(plan)};
    const auto outcome = send(common, source, pace_of(simulate.pace), shutdown);
    if (!outcome) return kInterrupted;
    say(*outcome, "simulated");
    return outcome->undelivered > 0 ? kFailed : kDone;
}

}  // namespace duel::ingest
