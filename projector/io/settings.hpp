#pragma once

#include "event_files/check_lines.hpp"
#include "platform/http.hpp"
#include "platform/kafka/client.hpp"
#include "platform/log.hpp"
#include "platform/settings.hpp"
#include "projector/rules/limits.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace duel::projector {

struct CommonSettings {
    platform::KafkaSettings kafka;
    platform::LogSettings log;
    platform::HttpSettings http;
};

struct MigrateSettings {
    platform::Secret postgres;
    std::string migrations = "migrations";
};

struct RunSettings {
    platform::Secret postgres;
    std::string migrations;
    std::size_t batch_records = 10'000;             // most of one transaction
    std::size_t queue_records = 40'000;             // most that wait for a shard, decoded
    std::chrono::milliseconds merge_wait{3};        // for a partition that is caught up
    std::chrono::milliseconds pace{500};            // between two rankings, in log time
    std::chrono::milliseconds frozen_after{3'000};  // without a sign of life
    std::vector<std::string> accept_loss_from;      // TOPIC/PARTITION:OFFSET
    Limits limits;
};

// Of every command that projects the log a second time.
struct ReplayCommandSettings {
    platform::Secret postgres;
    std::string migrations = "migrations";
    std::size_t jobs = 2;                 // shards at once
    std::size_t batch_records = 200'000;  // of one transaction
};

struct VerifySettings : ReplayCommandSettings {
    std::size_t most_differences = 1'000;  // to be printed
};

struct RebuildSettings : ReplayCommandSettings {
    bool dry_run = false;
    bool keep_old = false;
    bool from_empty = false;
};

struct AsOfSettings : ReplayCommandSettings {
    std::string when;  // a seq of the contest's shard, or a time of the log
    std::string contest;
    std::string into;  // a schema to leave the tables in
};

struct VerifyContestSettings : ReplayCommandSettings {
    std::string contest;
};

struct CheckSettings : event_files::CheckSettings {
    Limits limits;
};

void offer(platform::Settings& settings, CommonSettings& common);
void offer(platform::SettingTable& table, Limits& limits);
void offer(platform::SettingTable& table, MigrateSettings& migrate);
void offer(platform::SettingTable& table, RunSettings& run);
void offer(platform::SettingTable& table, VerifySettings& verify);
void offer(platform::SettingTable& table, RebuildSettings& rebuild);
void offer(platform::SettingTable& table, AsOfSettings& as_of);
void offer(platform::SettingTable& table, VerifyContestSettings& verify);
void offer(platform::SettingTable& table, CheckSettings& check);

}  // namespace duel::projector
