#include "projector/io/second_model.hpp"

#include "platform/progress_printer.hpp"
#include "projector/io/control.hpp"

#include <algorithm>
#include <exception>
#include <fmt/format.h>
#include <mutex>
#include <thread>

namespace duel::projector {

using namespace std::chrono_literals;
using platform::Connection;
using platform::Params;

namespace {

ShardId shard_numbered(std::int16_t number) {
    return {number % 2 == 0 ? ShardId::Kind::contest : ShardId::Kind::market, number / 2};
}

}  // namespace

Connection connect_to_model(const std::string& url, const std::string& schema) {
    Connection connection{platform::ConnectionSettings{
        .url = url,
        .application_name = "duel-projector replay",
        // A batch is big, and is sent while the server is busy with its beginning.
        .silence_timeout = std::chrono::minutes{10},
        // As the projector has it; and what is lost in a crash of Postgres is projected again.
        .parameters = {
            {"enable_hashjoin", "off"},
            {"enable_mergejoin", "off"},
            {"synchronous_commit", "off"},
            {"client_min_messages", "warning"}}}};
    connection.exec("set search_path = " + connection.quote_name(schema));
    return connection;
}

std::vector<Moment> read_moments(Connection& connection, const Model& model) {
    connection.exec("set local search_path = " + connection.quote_name(model.schema));
    std::vector<Moment> moments;
    for (const auto row :
         connection.exec("select shard, seq, silent from shards order by shard", Params{})) {
        const ShardId shard = shard_numbered(row.get<std::int16_t>(0));
        moments.push_back(
            {shard, {.seq = row.get<std::int64_t>(1), .is_silent = row.get<bool>(2)}, {}}
        );
    }
    for (Moment& moment : moments)
        moment.history = read_history(connection, moment.shard);
    return moments;
}

// A shard on its way.
struct SecondModel::Lane {
    Connection connection;
    std::unique_ptr<Replay> replay;
};

SecondModel::SecondModel(Settings settings, Model model)
    : settings_{std::move(settings)}, model_{std::move(model)} {}

SecondModel::~SecondModel() = default;

void SecondModel::take_homes(Connection& connection, const Model& from) const {
    platform::BinaryCopy homes{"taken_homes", {"topic", "key", "partition", "shard", "seq"}};
    connection.stream(
        "select topic, key, partition, shard, seq from " + connection.quote_name(from.schema) +
            ".homes",
        Params{},
        [&](const platform::Row& row) {
            homes.row(
                row.get<std::string_view>(0),
                row.get<std::string_view>(1),
                row.get<std::int32_t>(2),
                row.get<std::int16_t>(3),
                row.get<std::int64_t>(4)
            );
        }
    );
    Connection mine = connect_to_model(settings_.url, model_.schema);
    platform::Transaction transaction{mine};
    mine.exec("create temporary table taken_homes (like homes) on commit drop");
    mine.copy(homes);
    mine.exec("insert into homes select * from taken_homes on conflict do nothing");
    transaction.commit();
}

void SecondModel::take_journal(Connection& connection, const Model& from) const {
    connection.exec(fmt::format(
        "delete from {0}.journal; insert into {0}.journal (shard, seq_from, seq_to, start_offsets,"
        " end_offsets, cause, epoch, pace_ms, future_limit_ms) select shard, seq_from, seq_to,"
        " start_offsets, end_offsets, cause, {2}, pace_ms, future_limit_ms from {1}.journal",
        connection.quote_name(model_.schema),
        connection.quote_name(from.schema),
        connection.quote(model_.epoch)
    ));
}

SecondModel::Lane& SecondModel::lane(const ShardId& shard) {
    auto& lane = lanes_.at(shard);
    if (!lane) {
        lane = std::make_unique<Lane>(Lane{connect_to_model(settings_.url, model_.schema), {}});
        lane->replay =
            Replay::make(settings_.replay, shard, lane->connection, model_.epoch, applied_);
    }
    return *lane;
}

bool SecondModel::project(const std::vector<Moment>& moments, const platform::Shutdown& shutdown) {
    std::int64_t total = 0;
    for (const Moment& moment : moments) {
        auto& lane = lanes_[moment.shard];
        total += moment.end.seq - (lane ? lane->replay->seq() : 0);
    }
    applied_ = 0;
    std::atomic<std::size_t> next{0};
    std::atomic<int> working{0};
    std::atomic<bool> is_complete{true};
    std::mutex mutex;
    std::exception_ptr failure;
    const auto work = [&] {
        for (std::size_t i = next++; i < moments.size(); i = next++) {
            try {
                const Moment& moment = moments[i];
                if (!lane(moment.shard).replay->run(moment.history, moment.end, shutdown))
                    is_complete = false;
            } catch (...) {
                const std::scoped_lock lock{mutex};
                failure = std::current_exception();
            }
        }
        --working;
    };
    {
        std::vector<std::jthread> threads;
        working = static_cast<int>(std::min(settings_.jobs, moments.size()));
        const int count = working;
        threads.reserve(static_cast<std::size_t>(count));
        for (int i = 0; i < count; ++i)
            threads.emplace_back(work);
        watch(total, working);
    }
    if (failure) std::rethrow_exception(failure);
    return is_complete;
}

void SecondModel::watch(std::int64_t total, const std::atomic<int>& working) const {
    platform::ProgressPrinter printer;
    while (working > 0) {
        std::this_thread::sleep_for(20ms);
        if (!printer.is_due()) continue;
        const auto applied = applied_.load();
        printer.show(
            {.events = static_cast<std::uint64_t>(applied),
             .elapsed = printer.elapsed(),
             .fraction = total > 0 ? static_cast<double>(applied) / static_cast<double>(total) : 1}
        );
    }
}

}  // namespace duel::projector
