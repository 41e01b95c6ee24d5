#include "projector/io/commands.hpp"

#include "core/topics.hpp"
#include "platform/backoff.hpp"
#include "platform/log.hpp"
#include "platform/migrations.hpp"
#include "platform/topics.hpp"
#include "projector/io/model.hpp"
#include "projector/io/owner.hpp"
#include "projector/io/shared_prices.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <random>
#include <thread>
#include <unistd.h>
#include <vector>

namespace duel::projector {
namespace {

using namespace std::chrono_literals;
namespace log = platform::log;

constexpr auto kAskKafka = 10s;
constexpr auto kReadsEvery = 4s;  // at least, or it hangs

std::string owner_name() {
    char host[256] = "localhost";
    gethostname(host, sizeof host - 1);
    return fmt::format("{}/{}", host, getpid());
}

// One set of topics: the projector reads two of them and writes two.
std::vector<TopicRule> needed_topics() {
    std::vector<TopicRule> rules = topic_rules();
    std::erase_if(rules, [](const TopicRule& rule) { return rule.name == "status"; });
    return rules;
}

// Waits for the database; refuses one that was not migrated. False when asked to stop meanwhile.
bool await_model(const Process& process) {
    platform::Backoff backoff{{.cap = 2s}};
    while (!process.shutdown.requested()) {
        try {
            platform::Connection connection{platform::ConnectionSettings{
                .url = process.settings.postgres.value, .application_name = "duel-projector"}};
            active_model(connection);
            process.health.set("postgres", true);
            return true;
        } catch (const platform::ConnectionLost& lost) {
            process.health.set("postgres", false, lost.what());
            log::debug("postgres is away: {}", lost.what());
        }
        process.shutdown.wait_for(backoff.next());
    }
    return false;
}

// Tables are added to the model that is active, and the first time to the first.
std::string model_to_migrate(platform::Connection& connection) {
    const auto exists = connection.exec(
        "select to_regclass('duel_control.models') is not null", platform::Params{}
    );
    if (!exists.one().get<bool>(0)) return "model_1";
    const auto active = connection.exec(
        "select schema_name from duel_control.models where active", platform::Params{}
    );
    return active.empty() ? "model_1" : connection.quote_name(active.one().get<std::string>(0));
}

std::size_t count_applied(platform::Connection& connection) {
    const auto count =
        connection.exec("select count(*) from duel_control.migrations", platform::Params{});
    return static_cast<std::size_t>(count.one().get<std::int64_t>(0));
}

// A shard for every partition of trades and of prices.
std::vector<ShardId> shards_of(const std::vector<platform::TopicDescription>& topics) {
    std::vector<ShardId> shards;
    for (const auto& topic : topics) {
        const auto kind = topic.name == "trades" ? ShardId::Kind::contest : ShardId::Kind::market;
        for (std::int32_t partition = 0; partition < topic.partitions; ++partition)
            shards.push_back({kind, partition});
    }
    return shards;
}

}  // namespace

int run_migrate(const MigrateSettings& settings) {
    platform::Connection connection{platform::ConnectionSettings{
        .url = settings.postgres.value,
        .application_name = "duel-projector migrate",
        .parameters = {{"client_min_messages", "warning"}}}};
    const std::size_t files = platform::read_migrations(settings.migrations).size();
    if (!lock_models(connection, Access::shared) && count_applied(connection) < files)
        throw std::runtime_error(
            "a rebuild is at work, whose tables would not have what the new migrations add: try "
            "again when it is done"
        );
    const auto applied = platform::apply_migrations(
        connection, settings.migrations, model_to_migrate(connection) + ", public"
    );
    // Tables that nothing was projected into belong to whoever comes first.
    const std::string model = model_to_migrate(connection);
    connection.exec(
        "update duel_control.models set rules = $1 where active and not exists (select from " +
            model + ".shards)",
        platform::Params{}.add(kRulesVersion)
    );
    for (const platform::Migration& migration : applied)
        log::info("applied {}", migration.file());
    if (applied.empty()) log::info("{} is up to date", connection.peer());
    return 0;
}

int run_shards(
    const CommonSettings& common,
    const RunSettings& settings,
    const platform::Shutdown& shutdown
) {
    platform::Health health;
    platform::Metrics metrics{"duel-projector"};
    health.expect("kafka");
    health.expect("postgres");
    health.expect("shards");
    const platform::HttpServer server{common.http, metrics, health};
    Process process{common, settings, shutdown, health, metrics, owner_name()};

    if (!await_model(process)) return 0;
    std::vector<ShardId> shards;
    {
        platform::Admin admin{common.kafka};
        const auto waiting = [&](const std::string& reason) { health.set("kafka", false, reason); };
        using platform::MissingTopics;
        using platform::Refused;
        if (!platform::await_topics(
                admin, needed_topics(), MissingTopics::wait_for, Refused::wait, shutdown, waiting
            ))
            return 0;
        health.set("kafka", true);
        shards = shards_of(admin.describe({"trades", "prices"}, kAskKafka));
        process.feed_partitions = admin.describe({"feed"}, kAskKafka).at(0).partitions;
        process.price_partitions = static_cast<std::int32_t>(
            std::ranges::count(shards, ShardId::Kind::market, &ShardId::kind)
        );
    }

    SharedPrices prices{
        {.kafka = common.kafka,
         .partitions = process.price_partitions,
         .heartbeat = health.heartbeat("reading prices", kReadsEvery)},
        [&](bool up, const std::string& reason) { health.set("kafka", up, reason); }};
    process.prices = &prices;
    const RollCall roll_call{process, shards};
    std::vector<std::unique_ptr<Owner>> owners;
    std::vector<std::jthread> threads;
    owners.reserve(shards.size());
    threads.reserve(shards.size());
    for (const ShardId& shard : shards)
        owners.push_back(std::make_unique<Owner>(process, roll_call, shard));
    for (const auto& owner : owners)
        threads.emplace_back([&owner] { owner->run(); });
    health.set("shards", true);
    log::info("{} shards, as {}", owners.size(), process.name);
    for (std::jthread& thread : threads)
        thread.join();
    log::info("stopped");
    return 0;
}

}  // namespace duel::projector
