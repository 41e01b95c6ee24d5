#pragma once

// The settings of duel-ingest: what every command has, and each command's own.

#include "core/time.hpp"
#include "platform/http.hpp"
#include "platform/kafka/client.hpp"
#include "platform/log.hpp"
#include "platform/settings.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace duel::ingest {

// A number above 0, or a word for "no limit".
template <class Word>
struct NumberOr {
    std::optional<double> number{};
};
struct Max {
    static constexpr std::string_view kWord = "max";
};
struct Forever {
    static constexpr std::string_view kWord = "forever";
};

// An ISO-8601 time in UTC, or "now".
struct StartTime {
    std::optional<Timestamp> at{};
};

struct CommonSettings {
    platform::KafkaSettings kafka;
    platform::LogSettings log;
    platform::HttpSettings http;
    std::int32_t partitions = 4;
    std::int32_t replication = 1;
};

struct PaceSettings {
    NumberOr<Max> speed;
    std::chrono::milliseconds longest_wait{10'000};
};

struct ReplaySettings {
    std::vector<std::string> paths;
    PaceSettings pace;
    NumberOr<Max> rate;
    std::optional<std::uint64_t> limit;
};

struct SimulateSettings {
    std::uint64_t seed = 1;
    std::vector<std::string> symbols{"SOL", "ETH", "BTC", "WIF"};
    std::uint32_t wallets = 20;
    double rate = 20;
    NumberOr<Forever> minutes;
    std::string contest;
    StartTime start;
    PaceSettings pace{.speed = {1.0}};
};

struct DumpSettings {
    std::string path = "-";
    std::vector<std::string> topics{"trades", "prices"};
    std::vector<std::int32_t> partitions;
};

void offer(platform::Settings& settings, CommonSettings& common);
void offer(platform::SettingTable& table, ReplaySettings& replay);
void offer(platform::SettingTable& table, SimulateSettings& simulate);
void offer(platform::SettingTable& table, DumpSettings& dump);

// The items of a list whose items may themselves be "A,B", each once, in order; empty ones are
// dropped.
std::vector<std::string> split_list(const std::vector<std::string>& items);

}  // namespace duel::ingest

namespace duel::platform {

template <class Word>
struct SettingValue<ingest::NumberOr<Word>> {
    using Value = ingest::NumberOr<Word>;

    static std::optional<Value> read(std::string_view text) {
        if (text == Word::kWord) return Value{};
        const auto number = setting_text::read_real(text);
        if (!number || !(*number > 0)) return std::nullopt;
        return Value{*number};
    }
    static std::string text(Value value) {
        return value.number ? setting_text::real_text(*value.number) : std::string{Word::kWord};
    }
    static std::string wanted() { return "a number above 0, or " + std::string{Word::kWord}; }
};

template <>
struct SettingValue<ingest::StartTime> {
    static std::optional<ingest::StartTime> read(std::string_view text) {
        if (text == "now") return ingest::StartTime{};
        const auto at = parse_timestamp(text);
        if (!at) return std::nullopt;
        return ingest::StartTime{*at};
    }
    static std::string text(ingest::StartTime start) {
        return start.at ? duel::text(*start.at) : "now";
    }
    static std::string wanted() { return "a time such as 2025-11-13T19:15:00Z, or now"; }
};

}  // namespace duel::platform
