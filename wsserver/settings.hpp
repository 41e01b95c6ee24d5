#pragma once

// The settings of duel-wsserver, in one table.

#include "platform/http.hpp"
#include "platform/kafka/client.hpp"
#include "platform/log.hpp"
#include "platform/settings.hpp"
#include "wsserver/io/hub.hpp"
#include "wsserver/net/service.hpp"
#include "wsserver/net/token.hpp"

#include <chrono>

namespace duel::wsserver {

struct ProgramSettings {
    platform::LogSettings log;
    platform::HttpSettings http;
    platform::Secret secret;  // of session tokens
    TokenParties parties;

    // run
    ServerSettings server;
    HubSettings hub;

    // token
    Claims claims;
    std::string signing_key;  // file; empty: the secret signs
    std::string kid;
    std::chrono::seconds ttl{3'600};
};

enum class Command { run, token };

// Ends the process with status 2 where a setting is wrong, 0 after --help.
Command read_settings(int argc, const char* const* argv, ProgramSettings& settings);

}  // namespace duel::wsserver
