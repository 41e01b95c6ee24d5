#include "projector/io/owner.hpp"

#include "platform/backoff.hpp"
#include "platform/log.hpp"
#include "projector/io/projection.hpp"
#include "projector/io/recovery.hpp"

#include <fmt/format.h>

namespace duel::projector {
namespace {

using namespace std::chrono_literals;
using platform::Connection;
namespace log = platform::log;

constexpr auto kTryLockEvery = 1s;
constexpr auto kAskKafka = 10s;
constexpr auto kLongEnough = 10s;  // at work, to begin waiting from the shortest again

Connection connect(const std::string& url, const ShardId& shard) {
    return Connection{platform::ConnectionSettings{
        .url = url,
        .application_name = "duel-projector " + shard.name(),
        // What a batch touches is found by its keys; hashing whole tables for it costs a fifth.
        .parameters = {
            {"enable_hashjoin", "off"},
            {"enable_mergejoin", "off"},
            {"client_min_messages", "warning"}}}};
}

// What the shard reads.
std::vector<std::pair<Topic, std::int32_t>> sources(const Process& process, const ShardId& shard) {
    std::vector<std::pair<Topic, std::int32_t>> read{{shard.own_topic(), shard.partition}};
    if (shard.kind == ShardId::Kind::market) return read;
    for (std::int32_t partition = 0; partition < process.price_partitions; ++partition)
        read.emplace_back(Topic::prices, partition);
    return read;
}

// Offsets for partitions that the shard has not read yet. A log that has lost its beginning is not
// read as if it were whole.
void begin_new_partitions(const Process& process, const ShardId& shard, Offsets& offsets) {
    auto fresh = sources(process, shard);
    std::erase_if(fresh, [&](const auto& source) { return offsets.contains(source); });
    if (fresh.empty()) return;
    platform::Consumer consumer{process.common.kafka, {.client_id = "duel-projector-offsets"}};
    for (const auto& [topic, partition] : fresh) {
        const auto marks = consumer.watermarks({std::string{text(topic)}, partition}, kAskKafka);
        if (topic == Topic::trades && marks.low > 0)
            throw LogMismatch(fmt::format(
                "trades/{} begins at offset {}: what came before is gone, and nothing of it is in "
                "the"
                " read model. Restore the topic, or project into an empty log",
                partition,
                marks.low
            ));
        offsets[{topic, partition}] = marks.low;
    }
}

}  // namespace

Owner::Owner(const Process& process, const ShardId& shard)
    : process_{process},
      shard_{shard},
      condition_{"shard " + shard.name()},
      meters_{process.metrics, shard} {
    process_.health.expect(condition_);
}

void Owner::run() {
    platform::Backoff backoff;
    while (!process_.shutdown.requested()) {
        working_since_.reset();
        try {
            own();
            continue;
        } catch (const LogMismatch& mismatch) {
            halt(mismatch.what());
            return;
        } catch (const ApplyAgain& again) {
            log::info("{}: {}, the batch is applied again", shard_.name(), again.what());
            meters_.batches_again.Increment();
            continue;
        } catch (const FencedOff& lost) {
            meters_.fencing_losses.Increment();
            stumble(lost.what());
        } catch (const platform::ConnectionLost& lost) {
            process_.health.set("postgres", false, lost.what());
            process_.health.set(condition_, false, "Postgres is away");
        } catch (const std::exception& error) {
            stumble(error.what());
        }
        meters_.owned.Set(0);
        if (working_since_ && std::chrono::steady_clock::now() - *working_since_ > kLongEnough)
            backoff.reset();
        process_.shutdown.wait_for(backoff.next());
    }
}

void Owner::own() {
    Connection connection = connect(process_.settings.postgres.value, shard_);
    process_.health.set("postgres", true);
    const Model model = active_model(connection);
    connection.exec("set search_path = " + connection.quote_name(model.schema));
    while (!try_lock(connection, shard_)) {
        process_.health.set(condition_, true, "another projector has it");
        if (process_.shutdown.wait_for(kTryLockEvery)) return;
    }
    project(connection, model);
}

void Owner::project(Connection& connection, const Model& model) {
    ShardPosition position = take_shard(connection, shard_, process_.name, model.epoch);
    begin_new_partitions(process_, shard_, position.offsets);
    const auto began = std::chrono::steady_clock::now();
    const auto begin = [&]<class State>(std::unique_ptr<State> state) {
        Projection<State> projection{
            process_, shard_, connection, position, std::move(state), meters_, probe_batches_};
        const auto took = std::chrono::steady_clock::now() - began;
        log::info(
            "{}: taken at seq {} (fence {}), recovered in {} ms",
            shard_.name(),
            position.seq,
            position.fence,
            std::chrono::duration_cast<std::chrono::milliseconds>(took).count()
        );
        process_.health.set(condition_, true);
        meters_.owned.Set(1);
        last_stumble_.clear();
        working_since_ = std::chrono::steady_clock::now();
        projection.run();
        meters_.owned.Set(0);
        log::info("{}: released", shard_.name());
    };
    if (shard_.kind == ShardId::Kind::contest)
        begin(recover_contests(connection, shard_, position));
    else
        begin(recover_market(connection, shard_, position));
}

// Says once why the shard stands still; it begins again by itself.
void Owner::stumble(const std::string& reason) {
    process_.health.set(condition_, false, reason);
    if (reason != last_stumble_)
        log::warn("{} stands still and will try again: {}", shard_.name(), reason);
    last_stumble_ = reason;
}

// Only a person can go on from here, so the shard waits for the process to be stopped.
void Owner::halt(const std::string& reason) {
    meters_.owned.Set(0);
    process_.health.set(condition_, false, reason);
    log::error("{} halts: {}", shard_.name(), reason);
    process_.shutdown.wait();
}

}  // namespace duel::projector
