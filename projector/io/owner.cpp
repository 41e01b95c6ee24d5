#include "projector/io/owner.hpp"

#include "platform/backoff.hpp"
#include "platform/log.hpp"
#include "platform/thread_name.hpp"
#include "projector/io/apply_again.hpp"
#include "projector/io/log_check.hpp"
#include "projector/io/log_guard.hpp"
#include "projector/io/projection.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace duel::projector {
namespace {

using namespace std::chrono_literals;
using platform::Connection;
namespace log = platform::log;

constexpr auto kHeartbeat = 4s;
constexpr auto kTryLockEvery = 100ms;
constexpr auto kAskKafka = 5s;
constexpr auto kLongestTaking = 300s;  // recovering a big shard, before it counts as hanging
constexpr auto kLookAgain = 3s;        // at a log that made the shard halt
constexpr auto kLongestWait = 2s;      // before trying again, whatever went wrong
constexpr auto kLongEnough = 10s;      // at work, to begin waiting from the shortest again

Connection connect(const std::string& url, const ShardId& shard) {
    return Connection{platform::ConnectionSettings{
        .url = url,
        .application_name = "duel-projector " + shard.name(),
        .connect_timeout = 3s,
        .silence_timeout = 60s,  // as long as Postgres may take for a batch
        // What a batch touches is found by its keys; hashing whole tables for it costs a fifth.
        .parameters = {
            {"enable_hashjoin", "off"},
            {"enable_mergejoin", "off"},
            // Somebody's open transaction must not hold a shard up in silence.
            {"lock_timeout", "3s"},
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
void begin_new_partitions(
    const Process& process,
    const ShardId& shard,
    platform::Consumer& consumer,
    Offsets& offsets
) {
    auto fresh = sources(process, shard);
    std::erase_if(fresh, [&](const auto& source) { return offsets.contains(source); });
    if (fresh.empty()) return;
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

Owner::Owner(const Process& process, const RollCall& roll_call, const ShardId& shard)
    : process_{process},
      roll_call_{roll_call},
      shard_{shard},
      condition_{"shard " + shard.name()},
      heartbeat_{process.health.heartbeat(condition_, kHeartbeat)},
      meters_{process.metrics, shard} {
    process_.health.expect(condition_);
}

void Owner::run() {
    platform::name_thread(shard_.name());
    platform::Backoff backoff{{.cap = kLongestWait}};
    while (!process_.shutdown.requested()) {
        heartbeat_->beat();
        if (!roll_call_.wants(shard_)) {
            stand_by();
            continue;
        }
        working_since_.reset();
        try {
            own();
            continue;
        } catch (const LogMismatch& mismatch) {
            meters_.owned.Set(0);
            if (!working_since_) {
                halt(mismatch.what());
                continue;
            }
            stumble(mismatch.what());  // what exactly is found when it is taken again
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
        pause(backoff.next());
    }
    heartbeat_.reset();
}

// The shard is another's.
void Owner::stand_by() {
    if (const auto elsewhere = roll_call_.elsewhere(shard_)) {
        process_.health.set(condition_, elsewhere->ok, elsewhere->reason);
        meters_.halted.Set(0);
        last_halt_.clear();
    }
    process_.shutdown.wait_for(kTryLockEvery);
}

void Owner::own() {
    Connection connection = connect(process_.settings.postgres.value, shard_);
    process_.health.set("postgres", true);
    belong_to(connection, roll_call_.member());
    if (!lock(connection)) return;
    const Model model = active_model(connection);
    if (model.rules != kRulesVersion) throw OtherRules(model);
    connection.exec("set search_path = " + connection.quote_name(model.schema));
    project(connection, model);
}

// False where the shard falls to another meanwhile.
bool Owner::lock(Connection& connection) {
    while (!try_lock(connection, shard_)) {
        heartbeat_->beat();
        const auto holder = roll_call_.holder(shard_);
        // A session of this process that it has given up, but Postgres does not know yet.
        if (holder && holder->member == roll_call_.member())
            end_session(connection, holder->session);
        if (const auto elsewhere = roll_call_.elsewhere(shard_); elsewhere && last_halt_.empty())
            process_.health.set(condition_, elsewhere->ok, elsewhere->reason);
        if (process_.shutdown.wait_for(kTryLockEvery)) return false;
        if (!roll_call_.wants(shard_)) return false;
    }
    return true;
}

// Makes the shard this process' own, unless the log is not the one that it has read.
ShardPosition Owner::take(Connection& connection, const Model& model) {
    std::vector<Loss> accepted;
    for (const std::string& text : process_.settings.accept_loss_from)
        accepted.push_back(loss_from_text(text).value());

    platform::Transaction transaction{connection};
    ShardPosition position = take_shard(connection, shard_, process_.name, model.epoch);
    // A rebuild that turns to another model has held these rows until it was done.
    if (active_model(connection).schema != model.schema)
        throw FencedOff(model.schema + " is no longer the active model");
    auto checker = make_checker(process_.common.kafka);
    position.is_lossy =
        check_log(checker, shard_, accepted, position.offsets, position.log_marks, kAskKafka);
    begin_new_partitions(process_, shard_, checker, position.offsets);
    transaction.commit();
    return position;
}

void Owner::project(Connection& connection, const Model& model) {
    std::optional<platform::Heartbeat::Patience> patience{
        std::in_place, *heartbeat_, kLongestTaking};
    const auto began = std::chrono::steady_clock::now();
    const ShardPosition position = take(connection, model);
    const auto projection = Projection::make(
        process_, shard_, connection, position, meters_, *heartbeat_, probe_batches_
    );
    patience.reset();
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
    meters_.halted.Set(0);
    last_halt_.clear();
    last_stumble_.clear();
    working_since_ = std::chrono::steady_clock::now();
    projection->run([this] { return roll_call_.wants(shard_); });
    meters_.owned.Set(0);
    log::info("{}: released", shard_.name());
}

// Says once why the shard stands still; it begins again by itself.
void Owner::stumble(const std::string& reason) {
    process_.health.set(condition_, false, reason);
    if (reason != last_stumble_)
        log::warn("{} stands still and will try again: {}", shard_.name(), reason);
    last_stumble_ = reason;
}

// Only a person can go on from here: the shard's lock is free, and it looks again for what they
// did, quietly but in /readyz, where the log may grow meanwhile.
void Owner::halt(const std::string& reason) {
    meters_.halted.Set(1);
    process_.health.set(condition_, false, reason);
    if (last_halt_.empty()) log::error("{} halts: {}", shard_.name(), reason);
    last_halt_ = reason;
    pause(kLookAgain);
}

// Alive meanwhile; never longer than the heartbeat allows.
void Owner::pause(std::chrono::milliseconds longest) {
    heartbeat_->beat();
    process_.shutdown.wait_for(longest);
}

}  // namespace duel::projector
