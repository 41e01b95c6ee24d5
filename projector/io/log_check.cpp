#include "projector/io/log_check.hpp"

#include "platform/log.hpp"
#include "projector/io/log_guard.hpp"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace duel::projector {
namespace {

using namespace std::chrono_literals;
using Partition = std::pair<Topic, std::int32_t>;
using Clock = std::chrono::steady_clock;

constexpr auto kWait = 20ms;

std::string name_of(const Partition& partition) {
    return fmt::format("{}/{}", text(partition.first), partition.second);
}

// The log times of single records; none where a partition has no record of that offset.
std::map<Partition, Timestamp>
log_times(platform::Consumer& checker, const Offsets& records, std::chrono::milliseconds longest) {
    std::map<Partition, Timestamp> times;
    std::vector<platform::StartPosition> positions;
    std::vector<Partition> open;
    for (const auto& [partition, offset] : records) {
        positions.push_back({std::string{text(partition.first)}, partition.second, offset});
        open.push_back(partition);
    }
    checker.assign(positions);
    const auto deadline = Clock::now() + longest;
    std::vector<bool> done(open.size(), false);
    while (std::ranges::find(done, false) != done.end()) {
        for (std::size_t i = 0; i < open.size(); ++i) {
            if (done[i]) continue;
            platform::PartitionReader& reader = *checker.partitions()[i];
            std::vector<platform::Record> read;
            if (reader.read(read, 1) > 0 && read[0].offset() == records.at(open[i]))
                times[open[i]] = read[0].log_time();
            const auto& error = reader.error();
            if (error && error->kind != platform::PartitionError::Kind::offset_out_of_range)
                throw platform::KafkaError(RD_KAFKA_RESP_ERR__STATE, error->text);
            done[i] = !read.empty() || reader.at_end() || error;
        }
        if (Clock::now() > deadline)
            throw platform::KafkaError(
                RD_KAFKA_RESP_ERR__TIMED_OUT, "Kafka does not show records that were applied"
            );
        checker.wait(kWait);
    }
    checker.assign({});
    return times;
}

[[noreturn]] void refuse(
    const ShardId& shard,
    const Partition& partition,
    std::int64_t offset,
    const std::string& what
) {
    const std::string name = name_of(partition);
    throw LogMismatch(fmt::format(
        "{0} stands at offset {1} of {2}, but {3}. Either `duel-projector rebuild --from-empty` "
        "projects the "
        "log as it is now, or `duel-projector run --accept-loss-from {2}:OFFSET` goes on from that "
        "offset without what is missing",
        shard.name(),
        offset,
        name,
        what
    ));
}

}  // namespace

std::optional<Loss> loss_from_text(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto partition = partition_named(text.substr(0, colon));
    const std::string_view digits = text.substr(colon + 1);
    std::int64_t offset = -1;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), offset);
    if (!partition || read.ec != std::errc{} || read.ptr != digits.data() + digits.size())
        return std::nullopt;
    if (offset < 0) return std::nullopt;
    return Loss{*partition, offset};
}

platform::Consumer make_checker(const platform::KafkaSettings& kafka) {
    return platform::Consumer{
        kafka, {.client_id = "duel-projector-check", .queued_kbytes = 1'024, .fetch_bytes = 1}};
}

std::map<Partition, LogNow> look_at_log(
    platform::Consumer& checker,
    const Offsets& offsets,
    const LogMarks& marks,
    std::chrono::milliseconds longest
) {
    std::vector<platform::PartitionId> asked;
    for (const auto& [partition, offset] : offsets)
        asked.push_back({std::string{text(partition.first)}, partition.second});
    const auto ends = checker.watermarks(asked, longest);

    std::map<Partition, LogNow> found;
    Offsets firsts;
    Offsets lasts;
    auto end = ends.begin();
    for (const auto& [partition, offset] : offsets) {
        LogNow& now = found[partition];
        now.begin = end->low;
        now.end = (end++)->high;
        const auto mark = marks.find(partition);
        if (mark == marks.end()) continue;
        const auto is_there = [&](std::int64_t record) {
            return record >= now.begin && record < now.end;
        };
        if (is_there(offset - 1)) lasts[partition] = offset - 1;
        if (is_there(mark->second.first)) firsts[partition] = mark->second.first;
    }
    for (const auto& [partition, at] : log_times(checker, lasts, longest))
        found[partition].last_at = at;
    for (const auto& [partition, at] : log_times(checker, firsts, longest))
        found[partition].first_at = at;
    return found;
}

bool check_log(
    platform::Consumer& checker,
    const ShardId& shard,
    const std::vector<Loss>& accepted,
    Offsets& offsets,
    LogMarks& marks,
    std::chrono::milliseconds longest
) {
    bool is_lossy = false;
    for (const auto& [partition, now] : look_at_log(checker, offsets, marks, longest)) {
        std::int64_t& offset = offsets[partition];
        const auto mark = marks.find(partition);
        const auto known = mark == marks.end() ? std::nullopt : std::optional{mark->second};
        const auto what = difference(offset, known, now);
        if (!what) {
            // The first record is gone in the course of time: from now on the last stands for it.
            if (known && known->first < now.begin && offset > now.begin)
                mark->second = {offset - 1, known->last_at, known->last_at};
            continue;
        }
        const auto loss = std::ranges::find(accepted, partition, &Loss::partition);
        if (loss == accepted.end()) refuse(shard, partition, offset, *what);
        if (loss->offset < now.begin || loss->offset > now.end)
            refuse(
                shard,
                partition,
                offset,
                fmt::format(
                    "{}; offset {} of --accept-loss-from is not in the log, which goes from {} to "
                    "{}",
                    *what,
                    loss->offset,
                    now.begin,
                    now.end
                )
            );
        platform::log::warn(
            "{} goes on from offset {} of {} as it was told to, after {}, although {}",
            shard.name(),
            loss->offset,
            name_of(partition),
            offset,
            *what
        );
        offset = loss->offset;
        marks.erase(partition);
        is_lossy = true;
    }
    return is_lossy;
}

}  // namespace duel::projector
