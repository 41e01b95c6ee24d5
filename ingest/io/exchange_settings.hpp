#pragma once

// The settings of the commands about exchanges: frames and exchanges.

#include "core/words.hpp"
#include "ingest/io/settings.hpp"
#include "ingest/rules/circuit_breaker.hpp"
#include "ingest/rules/price_policy.hpp"
#include "ingest/rules/source_plan.hpp"
#include "platform/wss_server.hpp"

#include <string>
#include <vector>

namespace duel::ingest {

// Which markets of which exchanges, and how their ticks are made.
struct SourceSettings {
    std::vector<std::string> sources;
    std::vector<std::string> symbols;
    TickRules ticks;

    // Throws SettingError, which names what is at fault.
    std::vector<SourcePlan> plans() const;
};

struct FramesSettings {
    std::string path = "-";
    SourceSettings source;
};

struct ExchangesSettings {
    SourceSettings source;
    std::vector<std::string> urls;
    std::string ca_file;
    bool quotes = true;
    CircuitBreaker::Settings breaker;
    PricePolicy::Kind policy{PricePolicy::Kind::primary};
    std::chrono::milliseconds fresh_for{5'000};
    std::uint32_t most_percent = 5;

    PricePolicy::Settings policy_rules() const;
    // Where the exchange is. Throws SettingError.
    platform::WssServer server_of(const Exchange& exchange) const;
};

struct AnnounceSettings {
    ServiceStatus status{ServiceStatus::online};
    std::string message;
};

void offer(platform::SettingTable& table, SourceSettings& source);
void offer(platform::SettingTable& table, FramesSettings& frames);
void offer(platform::SettingTable& table, ExchangesSettings& exchanges);
void offer(platform::SettingTable& table, AnnounceSettings& announce);

}  // namespace duel::ingest

namespace duel::platform {

template <>
struct SettingValue<ServiceStatus> {
    static std::optional<ServiceStatus> read(std::string_view text) {
        return from_text<ServiceStatus>(text);
    }
    static std::string text(ServiceStatus status) { return std::string{duel::text(status)}; }
    static std::string wanted() { return "online, maintenance or offline"; }
};

}  // namespace duel::platform
