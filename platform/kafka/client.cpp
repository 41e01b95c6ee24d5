#include "platform/kafka/client.hpp"

#include "platform/settings.hpp"

#include <librdkafka/rdkafka.h>

#include <array>
#include <memory>

namespace duel::platform {

namespace {

// What is wrong with an option, by librdkafka's own word; nothing where it is fine.
std::optional<std::string> refuse_option(const std::string& option) {
    auto equals = option.find('=');
    if (equals == std::string::npos || equals == 0) return "name=value";
    std::unique_ptr<rd_kafka_conf_t, decltype(&rd_kafka_conf_destroy)> conf(
        rd_kafka_conf_new(), &rd_kafka_conf_destroy
    );
    std::array<char, 512> reason{};
    auto answer = rd_kafka_conf_set(
        conf.get(),
        option.substr(0, equals).c_str(),
        option.substr(equals + 1).c_str(),
        reason.data(),
        reason.size()
    );
    if (answer == RD_KAFKA_CONF_OK) return std::nullopt;
    return std::string("a property of librdkafka (") + reason.data() + ")";
}

}  // namespace

void offer(Settings& settings, KafkaSettings& kafka) {
    settings.add("--kafka", "DUEL_KAFKA", kafka.brokers, "host:port,…", "the Kafka brokers");
    offer(settings, kafka.security);
    SettingEntry& options = settings.add(
        "--kafka-option",
        "DUEL_KAFKA_OPTIONS",
        kafka.options,
        "name=value",
        "a property of librdkafka, such as ssl.crl.location=FILE; may repeat"
    );
    options.is_secret = true;  // may hold sasl.password
    options.assign = [assign = options.assign](const std::vector<std::string>& values) {
        for (const std::string& value : values) {
            if (auto allowed = refuse_option(value)) return allowed;
        }
        return assign(values);
    };
}

}  // namespace duel::platform
