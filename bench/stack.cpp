#include "bench/stack.hpp"

#include <numeric>
#include <stdexcept>
#include <thread>

namespace duel::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
constexpr milliseconds kPatience{10'000};

platform::ProducerSettings producer_settings(milliseconds linger) {
    platform::ProducerSettings settings;
    settings.client_id = "bench";
    settings.linger = linger;
    settings.delivery_timeout = milliseconds{60'000};
    return settings;
}

platform::ConnectionSettings postgres_settings(const StackSettings& settings) {
    platform::ConnectionSettings connection;
    connection.url = settings.postgres.value;
    connection.application_name = "bench";
    return connection;
}

// A price is read by every contest shard and by its own market shard.
constexpr auto kShardsBehind = R"(
select count(*)
from unnest($1::text[], $2::int4[], $3::int8[]) e(topic, partition, ending)
left join duel.shards s
  on s.shard = case e.topic when 'trades' then 'contest/' else 'market/' end || e.partition
  or e.topic = 'prices' and s.shard like 'contest/%'
where e.ending > 0
  and coalesce((s.offsets->>(e.topic || '/' || e.partition))::int8, 0) < e.ending)";

}  // namespace

void StackSettings::offer(platform::Settings& settings) {
    platform::offer(settings, kafka);
    settings
        .add("--postgres", "DUEL_POSTGRES_ADMIN", postgres, "URL", "the read model, as its owner")
        .required();
    settings.add("--projector-pid", "DUEL_PROJECTOR_PID", projector, "process", "frozen, metered");
    settings.add("--wsserver-pid", "DUEL_WSSERVER_PID", wsserver, "process", "metered");
    settings.add("--postgres-pid", "DUEL_POSTGRES_PID", postgres_process, "process", "metered");
    settings.add("--kafka-pid", "DUEL_KAFKA_PID", kafka_process, "process", "metered");
    settings.add("--json", "", json_file, "file", "append the figures as a line of JSON");
}

std::int64_t Ends::total() const {
    return std::accumulate(trades.begin(), trades.end(), std::int64_t{0}) +
           std::accumulate(prices.begin(), prices.end(), std::int64_t{0});
}

Stack::Stack(const StackSettings& settings, milliseconds linger)
    : settings_(settings),
      producer_(settings.kafka, producer_settings(linger)),
      consumer_(settings.kafka, {}),
      postgres_(postgres_settings(settings)),
      trade_partitions_(consumer_.partition_count("trades", kPatience)),
      price_partitions_(consumer_.partition_count("prices", kPatience)) {
    if (trade_partitions_ == 0 || price_partitions_ == 0) {
        throw std::runtime_error("no topics trades and prices: ./run up makes them");
    }
}

void Stack::produce(const Event& event, std::uint32_t number) {
    const bool trades = topic_of(event) == Topic::trades;
    const auto partitions = trades ? trade_partitions_ : price_partitions_;
    text_.clear();
    encode(event, text_);
    producer_.produce(
        trades ? "trades" : "prices",
        key_of(event),
        text_,
        never_,
        nullptr,
        {},
        static_cast<std::int32_t>(number % static_cast<std::uint32_t>(partitions))
    );
}

void Stack::flush() {
    if (producer_.flush(milliseconds{60'000}) > 0 || producer_.failed() > 0) {
        throw std::runtime_error("Kafka did not acknowledge every record");
    }
}

Ends Stack::ends() {
    const auto ask = [&](const char* topic, std::int32_t count) {
        std::vector<platform::PartitionId> partitions;
        partitions.reserve(static_cast<std::size_t>(count));
        for (std::int32_t p = 0; p < count; ++p)
            partitions.push_back({topic, p});
        return consumer_.ends(partitions, kPatience);
    };
    return {ask("trades", trade_partitions_), ask("prices", price_partitions_)};
}

std::int64_t Stack::shards_behind(const Ends& ends) {
    std::vector<std::string> topics(ends.trades.size(), "trades");
    topics.resize(ends.trades.size() + ends.prices.size(), "prices");
    std::vector<std::int32_t> partitions;
    partitions.reserve(topics.size());
    for (std::int32_t p = 0; p < trade_partitions_; ++p)
        partitions.push_back(p);
    for (std::int32_t p = 0; p < price_partitions_; ++p)
        partitions.push_back(p);
    auto endings = ends.trades;
    endings.insert(endings.end(), ends.prices.begin(), ends.prices.end());
    platform::Params params;
    params.add_array(topics).add_array(partitions).add_array(endings);
    return postgres_.exec(kShardsBehind, params).one().get<std::int64_t>(0);
}

bool Stack::wait_for_commit(const Ends& ends, seconds longest) {
    const auto deadline = std::chrono::steady_clock::now() + longest;
    while (shards_behind(ends) > 0) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(milliseconds{10});
    }
    return true;
}

double Stack::wal_bytes() {
    return postgres_.exec("select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8", {})
        .one()
        .get<double>(0);
}

std::map<std::string, double> Stack::journal_rows_a_million() {
    std::map<std::string, double> rows;
    for (const auto row : postgres_.exec(
             "select cause, count(*) * 1e6 / (select greatest(sum(seq), 1) from duel.shards)"
             " from duel.journal group by 1",
             platform::Params{},
             platform::Format::text
         ))
        rows[row.get<std::string>(0)] = std::stod(row.get<std::string>(1));
    return rows;
}

std::int64_t Stack::dead_letters() {
    return postgres_.exec("select count(*) from duel.dead_letters", {}).one().get<std::int64_t>(0);
}

Stack::Updates Stack::updates() {
    std::this_thread::sleep_for(seconds{2});
    const auto counted = postgres_.exec(
        "select coalesce(sum(n_tup_upd), 0)::float8, coalesce(sum(n_tup_hot_upd), 0)::float8"
        " from pg_stat_user_tables where schemaname in"
        " (select schema_name from duel_control.models where active)",
        {}
    );
    return {counted.one().get<double>(0), counted.one().get<double>(1)};
}

std::vector<Meter> Stack::meters() const {
    std::vector<Meter> meters;
    const auto add = [&](const char* name, pid_t process) {
        if (process > 0) meters.emplace_back(name, process);
    };
    add("projector", settings_.projector);
    add("wsserver", settings_.wsserver);
    add("postgres", settings_.postgres_process);
    add("kafka", settings_.kafka_process);
    return meters;
}

void open_world(Stack& stack, const World& world) {
    const auto now =
        std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
    std::uint32_t contest = 0;
    std::uint32_t symbol = 0;
    for (const auto& event : Workload{world}.opening(now)) {
        if (std::holds_alternative<ContestCreated>(event)) ++contest;
        stack.produce(event, topic_of(event) == Topic::trades ? contest - 1 : symbol++);
    }
    stack.flush();
    if (!stack.wait_for_commit(stack.ends(), seconds{120})) {
        throw std::runtime_error("the projector did not take up the contests within 120 s");
    }
}

}  // namespace duel::bench
