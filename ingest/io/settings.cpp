#include "ingest/io/settings.hpp"

#include <algorithm>

namespace duel::ingest {

using platform::at_least;
using platform::between;

namespace {

void offer(platform::SettingTable& table, PaceSettings& pace) {
    table.add(
        "--speed",
        "DUEL_INGEST_SPEED",
        pace.speed,
        "times",
        "how much faster than the events' timestamps they are sent; max: at once"
    );
    table.add(
        "--longest-wait",
        "DUEL_INGEST_LONGEST_WAIT",
        pace.longest_wait,
        "time",
        "silences between two events are cut to this",
        at_least(std::chrono::milliseconds{0})
    );
}

}  // namespace

void offer(platform::Settings& settings, CommonSettings& common) {
    offer(settings, common.kafka);
    settings.add(
        "--partitions",
        "DUEL_PARTITIONS",
        common.partitions,
        "partitions",
        "of trades, prices and feed",
        between(1, 10'000)
    );
    settings.add(
        "--replication",
        "DUEL_REPLICATION",
        common.replication,
        "copies",
        "of each partition",
        between(1, 100)
    );
    offer(settings, common.http, "DUEL_INGEST_METRICS_PORT");
    offer(settings, common.log);
}

void offer(platform::SettingTable& table, ReplaySettings& replay) {
    table
        .add_argument(
            "PATH",
            replay.paths,
            "event files (.jsonl, .jsonl.zst, - for standard input), recordings, or folders of them"
        )
        .required();
    offer(table, replay.pace);
    table.add(
        "--rate",
        "DUEL_INGEST_REPLAY_RATE",
        replay.rate,
        "events/s",
        "never more than this, whatever the speed"
    );
    table.add(
        "--limit",
        "",
        replay.limit,
        "number",
        "only the first lines, ticks or fills; a contest that is cut is not completed"
    );
}

void offer(platform::SettingTable& table, SimulateSettings& simulate) {
    table.add(
        "--seed",
        "DUEL_SIMULATE_SEED",
        simulate.seed,
        "number",
        "same seed, start and sizes: same events"
    );
    table.add(
        "--symbols",
        "DUEL_SIMULATE_SYMBOLS",
        simulate.symbols,
        "A,B,…",
        "what is traded; well-known names start at a price like theirs"
    );
    table.add(
        "--wallets",
        "DUEL_SIMULATE_WALLETS",
        simulate.wallets,
        "bots",
        "participants of the contest",
        between(1, 100'000)
    );
    table.add(
        "--rate",
        "DUEL_SIMULATE_RATE",
        simulate.rate,
        "events/s",
        "ticks and trades together, about three to one",
        between(0.001, 1'000'000.0)
    );
    table.add("--minutes", "", simulate.minutes, "minutes", "how long the contest lasts");
    table.add(
        "--contest", "", simulate.contest, "id", "the contest's id; empty: made from the start"
    );
    table.add("--start", "", simulate.start, "time", "when the contest starts");
    offer(table, simulate.pace);
}

void offer(platform::SettingTable& table, DumpSettings& dump) {
    table.add_argument(
        "FILE",
        dump.path,
        "the event file to write; compressed if it ends in .zst, - is standard output"
    );
    table.add("--topic", "", dump.topics, "name", "topics to read, merged by log time");
    table.add("--partition", "", dump.partitions, "number", "only these partitions; none: all");
}

std::vector<std::string> split_list(const std::vector<std::string>& items) {
    std::vector<std::string> parts;
    for (const std::string& item : items)
        for (std::size_t begin = 0; begin <= item.size();) {
            const std::size_t end = std::min(item.find(',', begin), item.size());
            std::string part = item.substr(begin, end - begin);
            if (!part.empty() && std::ranges::find(parts, part) == parts.end())
                parts.push_back(std::move(part));
            begin = end + 1;
        }
    return parts;
}

}  // namespace duel::ingest
