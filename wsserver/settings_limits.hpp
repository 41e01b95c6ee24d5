#pragma once

// A part of the settings: what one client may do, and how long it may take.

#include "platform/settings.hpp"
#include "wsserver/net/service.hpp"

#include <chrono>
#include <string>

namespace duel::wsserver {

// What the table reads into before it becomes ServerSettings and HubSettings.
struct Raw {
    std::string listen = "127.0.0.1:8443";
    platform::ByteSize message_bytes{ServerSettings{}.message_bytes};
    platform::ByteSize queue_soft{OutboundQueue::Limits{}.soft_bytes};
    platform::ByteSize queue_hard{OutboundQueue::Limits{}.hard_bytes};
    platform::ByteSize recent_bytes{std::uint64_t{128} << 20};
    std::chrono::milliseconds recent_age{std::chrono::minutes{15}};
    std::chrono::milliseconds patience{10'000};
    std::chrono::milliseconds most_behind{10'000};
};

void add_limits(platform::SettingTable& run, ServerSettings& server, Raw& raw);
void add_times(platform::SettingTable& run, ServerSettings& server, Raw& raw);

}  // namespace duel::wsserver
