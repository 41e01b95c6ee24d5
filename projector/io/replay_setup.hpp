#pragma once

#include "projector/io/comparison.hpp"
#include "projector/io/second_model.hpp"
#include "projector/io/settings.hpp"

#include <fmt/format.h>
#include <string>
#include <string_view>
#include <unistd.h>

// What the commands that project the log a second time have in common.
namespace duel::projector {

inline constexpr int kAgrees = 0;
inline constexpr int kDiffers = 1;
inline constexpr int kInterrupted = 130;

inline SecondModel::Settings
second_settings(const CommonSettings& common, const ReplayCommandSettings& settings) {
    return {
        .url = settings.postgres.value,
        .replay = {.kafka = common.kafka, .batch_records = settings.batch_records},
        .jobs = settings.jobs};
}

inline platform::Connection connect_owner(const ReplayCommandSettings& settings) {
    return platform::Connection{platform::ConnectionSettings{
        .url = settings.postgres.value,
        .application_name = "duel-projector",
        .parameters = {{"client_min_messages", "warning"}}}};
}

// The active model as it is at this moment, however long the log takes.
struct LiveSnapshot {
    explicit LiveSnapshot(const ReplayCommandSettings& settings)
        : connection{connect_owner(settings)},
          transaction{connection, "isolation level repeatable read read only"},
          model{active_model(connection)},
          moments{read_moments(connection, model)} {}

    // Tables that other rules projected would differ everywhere.
    void demand_own_rules() const {
        if (model.rules != kRulesVersion) throw OtherRules(model);
    }

    // Leaves only that shard's moment.
    Moment& only(std::int16_t shard) {
        std::erase_if(moments, [&](const Moment& one) { return one.shard.number() != shard; });
        return moments.front();
    }

    platform::Connection connection;
    platform::Transaction transaction;
    Model model;
    std::vector<Moment> moments;
};

inline void print(const ShardId& shard, const Difference& difference) {
    fmt::print(
        "{} {} {}: {}{} in the read model, {} from the log\n",
        shard.name(),
        difference.table,
        difference.key,
        difference.column.empty() ? "" : difference.column + " is ",
        difference.here,
        difference.there
    );
}

inline std::string scratch_name(std::string_view purpose) {
    return fmt::format("duel_{}_{}", purpose, getpid());
}

}  // namespace duel::projector
