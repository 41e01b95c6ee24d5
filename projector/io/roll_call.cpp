#include "projector/io/roll_call.hpp"

#include "platform/backoff.hpp"
#include "platform/log.hpp"
#include "platform/thread_name.hpp"

#include <fmt/format.h>
#include <random>

namespace duel::projector {
namespace {

using namespace std::chrono_literals;
using platform::Connection;
namespace log = platform::log;

constexpr const char* kCondition = "roll call";
constexpr auto kLookEvery = 300ms;
constexpr auto kHeartbeat = 4s;
constexpr auto kOthersReturn = 1s;  // after a session was lost: the others may have lost theirs

MemberId draw_member() {
    std::random_device dice;
    return std::uniform_int_distribution<MemberId>{1}(dice);
}

}  // namespace

RollCall::RollCall(const Process& process, std::vector<ShardId> shards)
    : process_{process},
      shards_{std::move(shards)},
      member_{draw_member()},
      members_{process.metrics.gauge(
          "duel_projector_members",
          "Projectors on the roll, this one included, as of the last look; 0 while not on it"
      )},
      dismissals_{process.metrics.counter(
          "duel_projector_dismissals_total",
          "Times that this process ended the sessions of a frozen one"
      )} {
    process_.health.expect(kCondition);
    thread_ = std::jthread{[this] { run(); }};
}

bool RollCall::wants(const ShardId& shard) const {
    if (process_.shutdown.requested()) return false;
    const std::scoped_lock lock{mutex_};
    return own_.contains(shard);
}

std::optional<Holder> RollCall::holder(const ShardId& shard) const {
    const std::scoped_lock lock{mutex_};
    if (!roll_) return std::nullopt;
    const auto held = roll_->holders.find(shard);
    return held == roll_->holders.end() ? std::nullopt : std::optional{held->second};
}

std::optional<RollCall::Elsewhere> RollCall::elsewhere(const ShardId& shard) const {
    const std::scoped_lock lock{mutex_};
    if (!roll_) return std::nullopt;
    const auto held = roll_->holders.find(shard);
    if (held == roll_->holders.end()) return Elsewhere{true, "the share of another projector"};
    const Holder& holder = held->second;
    if (!holder.member)
        return Elsewhere{
            false, fmt::format("session {} has its lock and is no projector's", holder.session)};
    const auto member = roll_->members.find(*holder.member);
    if (member == roll_->members.end()) return Elsewhere{true, "a projector that leaves has it"};
    return Elsewhere{true, member->second + " has it"};
}

void RollCall::run() {
    platform::name_thread(kCondition);
    const auto heartbeat = process_.health.heartbeat(kCondition, kHeartbeat);
    platform::Backoff backoff{{.cap = 1s}};
    while (!process_.shutdown.requested()) {
        heartbeat->beat();
        try {
            attend(*heartbeat);
        } catch (const std::exception& error) {
            process_.health.set(kCondition, false, error.what());
            process_.health.set("postgres", false, error.what());
            if (roll_) absent_until_ = Clock::time_point::max();
        }
        members_.Set(0);
        process_.shutdown.wait_for(backoff.next());
    }
}

// On the roll until the process is asked to stop. It leaves before its shards are handed over, so
// that the others expect them.
void RollCall::attend(platform::Heartbeat& heartbeat) {
    Connection connection{platform::ConnectionSettings{
        .url = process_.settings.postgres.value,
        .application_name = "duel-projector " + process_.name,
        .connect_timeout = 3s,
        .silence_timeout = process_.settings.frozen_after,
        .parameters = {{"client_min_messages", "error"}}}};
    while (!enrol(connection, member_)) {
        heartbeat.beat();
        if (process_.shutdown.wait_for(100ms)) return;
    }
    if (absent_until_) absent_until_ = Clock::now() + kOthersReturn;
    suspects_.clear();
    do {
        look(connection);
        heartbeat.beat();
        process_.health.set(kCondition, true);
        process_.health.set("postgres", true);
    } while (!process_.shutdown.wait_for(kLookEvery));
}

void RollCall::look(Connection& connection) {
    Roll roll = read_roll(connection, process_.settings.frozen_after);
    members_.Set(static_cast<double>(roll.members.size()));
    dismiss_frozen(connection, roll);
    if (absent_until_ && Clock::now() < *absent_until_) return;
    absent_until_.reset();
    share(std::move(roll));
}

// Twice in a row: after a pause of the whole machine everybody looks frozen once.
void RollCall::dismiss_frozen(Connection& connection, const Roll& roll) {
    std::set<MemberId> suspects;
    for (const auto& [member, silent] : roll.silent) {
        if (member == member_) continue;
        suspects.insert(member);
        if (!suspects_.contains(member)) continue;
        log::warn(
            "{} has given no sign of life for {} ms: its sessions are ended, others take its "
            "shards",
            roll.members.at(member),
            silent.count()
        );
        dismissals_.Increment();
        end_sessions(connection, member);
    }
    suspects_ = std::move(suspects);
}

void RollCall::share(Roll roll) {
    std::vector<MemberId> members;
    for (const auto& [member, name] : roll.members)
        members.push_back(member);
    std::vector<HeldShard> held_shards;
    for (const ShardId& shard : shards_) {
        const auto held = roll.holders.find(shard);
        held_shards.push_back(
            {shard, held == roll.holders.end() ? std::nullopt : held->second.member}
        );
    }
    std::set<ShardId> own;
    for (const auto& [shard, member] : deal(held_shards, members))
        if (member == member_) own.insert(shard);

    if (own.empty()) process_.health.set("kafka", true, "nothing to read");

    const std::scoped_lock lock{mutex_};
    if (!roll_ || own.size() != own_.size() || roll.members != roll_->members)
        log::info(
            "{} projectors on the roll, {} shards are this one's", members.size(), own.size()
        );
    roll_ = std::move(roll);
    own_ = std::move(own);
}

}  // namespace duel::projector
