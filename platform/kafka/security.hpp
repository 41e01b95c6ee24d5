#pragma once

// Who we are to the brokers, and how we know them: TLS, a password, a client certificate.
//
// Kafka's own words name what a connection has: SSL and SASL_SSL are TLS, SASL_… is a password.
// Changed files and passwords need a restart.

#include "platform/settings/value.hpp"

#include <string>
#include <utility>
#include <vector>

namespace duel::platform {

class Settings;

struct KafkaSecurity {
    enum class Protocol { plaintext, ssl, sasl_plaintext, sasl_ssl };
    enum class Mechanism { none, plain, scram_sha_256, scram_sha_512 };

    Protocol protocol = Protocol::plaintext;
    std::string ca = {};           // file in PEM; empty: the system's authorities
    std::string certificate = {};  // file in PEM: ours, with what it was issued by
    std::string key = {};          // file in PEM
    Secret key_password = {};
    Mechanism mechanism = Mechanism::none;
    std::string user = {};
    Secret password = {};
    // Instead of the password; a newline at its end is not part of it.
    std::string password_file = {};

    bool has_tls() const { return protocol == Protocol::ssl || protocol == Protocol::sasl_ssl; }
    bool has_sasl() const {
        return protocol == Protocol::sasl_plaintext || protocol == Protocol::sasl_ssl;
    }
};

// Adds --kafka-protocol and what belongs to it. Refused at the start: what does not fit together,
// and files that cannot be used. The password is in `password` afterwards, also where it came from
// a file.
void offer(Settings& settings, KafkaSecurity& security);

// What librdkafka is told.
std::vector<std::pair<std::string, std::string>> properties_of(const KafkaSecurity& security);

// The text with properties of librdkafka named as the settings that set them.
std::string named_as_settings(std::string text);

}  // namespace duel::platform
