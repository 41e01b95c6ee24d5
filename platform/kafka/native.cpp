#include "platform/kafka/native.hpp"

#include "platform/log.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <openssl/x509.h>
#include <syslog.h>

namespace duel::platform {

using namespace std::chrono_literals;

namespace {

// No request of ours is held by a broker for longer than a second; a little more is patience.
constexpr std::chrono::microseconds kSilence = 3s;

BrokerWatch& watch_of(void* opaque) {
    return *static_cast<BrokerWatch*>(opaque);
}

void set_property(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
    std::array<char, 512> reason{};
    auto answer =
        rd_kafka_conf_set(conf, name.c_str(), value.c_str(), reason.data(), reason.size());
    if (answer != RD_KAFKA_CONF_OK) {
        throw KafkaError(
            RD_KAFKA_RESP_ERR__INVALID_ARG,
            "Kafka option " + name + ": " + reason.data()  // the value may be a secret
        );
    }
}

bool is_about_a_connection(std::string_view kind) {
    return kind == "FAIL" || kind == "ERROR" || kind == "REQTMOUT" || kind == "MAXPOLL" ||
           kind == "CERTVERIFY";
}

}  // namespace

BrokerWatch::BrokerWatch(std::string client, const KafkaSecurity& security, KafkaStateHook on_state)
    : client_(std::move(client)), security_(security), on_state_(std::move(on_state)) {}

void BrokerWatch::on_error(rd_kafka_t* client, int code, const char* reason) {
    if (code == RD_KAFKA_RESP_ERR__FATAL) {
        std::array<char, 512> text{};
        int cause = rd_kafka_fatal_error(client, text.data(), text.size());
        {
            std::lock_guard lock(mutex_);
            fatal_text_ = text.data();
        }
        fatal_ = cause;
        log::error("kafka {}: failed for good: {}", client_, text.data());
        set(State::down, text.data());
    } else if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
        set(State::down, last_error_.text.empty() ? reason : last_error_.text);
    } else {
        std::lock_guard lock(mutex_);
        last_error_ = explain(code, reason, security_, certificate_failure_);
        log::debug("kafka {}: {}", client_, last_error_.text);
    }
}

void BrokerWatch::on_statistics(std::string_view json) {
    auto statistics = nlohmann::json::parse(json, nullptr, false);
    if (!statistics.is_object() || !statistics.contains("brokers")) return;
    bool any_up = false;
    bool any_silent = false;
    for (const auto& [name, broker] : statistics["brokers"].items()) {
        auto state = broker.value("state", "");
        bool is_up = state == "UP" || state == "UPDATE";
        bool is_silent = is_up && broker.value("waitresp_cnt", 0) > 0 &&
                         broker.value("rxidle", std::int64_t{0}) > kSilence.count();
        any_silent = any_silent || is_silent;
        any_up = any_up || is_up;
    }
    if (any_silent) {
        set(State::down, "a broker does not answer, although it is connected");
    } else if (any_up) {
        rounds_down_ = 0;
        set(State::up, "");
    } else if (++rounds_down_ >= 2 && !last_error_.text.empty()) {
        set(State::down, last_error_.text);
    }
}

void BrokerWatch::set(State state, const std::string& reason) {
    const bool is_news = state == State::down && is_refusal(last_error_.code) && !is_refused_;
    if (state_ == state && !is_news) return;
    if (fatal_ != 0 && state == State::up) return;
    state_ = state;
    is_refused_ = is_news;
    bool up = state == State::up;
    if (on_state_) {
        on_state_(up, reason);
    } else if (up) {
        log::info("kafka {}: brokers reachable", client_);
    } else {
        log::warn(
            "kafka {}: {}: {}",
            client_,
            is_refused_ ? "the brokers refuse us" : "no broker reachable",
            reason
        );
    }
    if (up) last_error_ = {};
}

void BrokerWatch::on_certificate(int failure) {
    if (failure == X509_V_OK) return;
    std::lock_guard lock(mutex_);
    certificate_failure_ = X509_verify_cert_error_string(failure);
}

void BrokerWatch::fail(
    rd_kafka_resp_err_t code,
    const std::string& during,
    const std::string& needs
) const {
    const bool is_vain =
        code == RD_KAFKA_RESP_ERR__TIMED_OUT || code == RD_KAFKA_RESP_ERR__TRANSPORT;
    if (is_vain && state_ == State::down && !last_error_.text.empty())
        throw KafkaError(last_error_.code, during + ": " + last_error_.text);
    throw KafkaError(code, during + ": " + text_of(code, needs));
}

void BrokerWatch::on_log(int level, const char* kind, const char* text) {
    // "trades [0]: broker unavailable: fetch: …", in later versions "leader unavailable".
    if (std::string_view(text).find(" unavailable: ") != std::string_view::npos) ++interruptions_;
    // A broker that just started: librdkafka asks again until it is done.
    bool is_passing =
        std::string_view(text).find("oordinator load in progress") != std::string_view::npos;
    if (level > LOG_WARNING || is_about_a_connection(kind) || is_passing) {
        log::debug("kafka {}: {}: {}", client_, kind, text);
        return;
    }
    auto now = std::chrono::steady_clock::now();
    {
        std::lock_guard lock(mutex_);
        auto [at, is_first] = logged_.try_emplace(kind, now);
        if (!is_first && now - at->second < 10s) return;
        at->second = now;
    }
    log::warn("kafka {}: {}: {}", client_, kind, text);
}

void BrokerWatch::throw_if_fatal(const std::string& needs) const {
    if (fatal_ == 0) return;
    std::lock_guard lock(mutex_);
    std::string text = "kafka " + client_ + " failed for good: " + fatal_text_;
    if (is_denied(fatal_)) text += needing(needs);
    throw KafkaError(fatal_, text);
}

KafkaClient make_client(
    rd_kafka_type_t type,
    const KafkaSettings& settings,
    const std::vector<Property>& properties,
    BrokerWatch& watch,
    void (*on_delivery)(rd_kafka_t*, const rd_kafka_message_t*, void*)
) {
    std::unique_ptr<rd_kafka_conf_t, decltype(&rd_kafka_conf_destroy)> conf(
        rd_kafka_conf_new(), &rd_kafka_conf_destroy
    );
    const std::vector<Property> shared{
        {"bootstrap.servers", settings.brokers},
        {"reconnect.backoff.ms", "100"},
        {"reconnect.backoff.max.ms", "2000"},
        {"socket.keepalive.enable", "true"},
        {"socket.nagle.disable", "true"},
        {"socket.connection.setup.timeout.ms", "10000"},
        {"topic.metadata.refresh.fast.interval.ms", "250"},
        {"statistics.interval.ms", "1000"},
    };
    for (const auto& [name, value] : shared)
        set_property(conf.get(), name, value);
    for (const auto& [name, value] : properties_of(settings.security))
        set_property(conf.get(), name, value);
    for (const auto& [name, value] : properties)
        set_property(conf.get(), name, value);
    for (const std::string& option : settings.options) {
        auto equals = option.find('=');
        if (equals == std::string::npos) {
            throw KafkaError(
                RD_KAFKA_RESP_ERR__INVALID_ARG, "Kafka option " + option + ": is not name=value"
            );
        }
        // Whatever is to be logged, BrokerWatch needs what is said of topics.
        bool is_debug = option.substr(0, equals) == "debug";
        set_property(
            conf.get(),
            option.substr(0, equals),
            option.substr(equals + 1) + (is_debug ? ",topic" : "")
        );
    }
    rd_kafka_conf_set_opaque(conf.get(), &watch);
    if (on_delivery) rd_kafka_conf_set_dr_msg_cb(conf.get(), on_delivery);
    rd_kafka_conf_set_error_cb(
        conf.get(),
        [](rd_kafka_t* client, int code, const char* reason, void* context) {
            watch_of(context).on_error(client, code, reason);
        }
    );
    rd_kafka_conf_set_stats_cb(
        conf.get(),
        [](rd_kafka_t*, char* json, std::size_t length, void* context) {
            watch_of(context).on_statistics({json, length});
            return 0;
        }
    );
    rd_kafka_conf_set_log_cb(
        conf.get(),
        [](const rd_kafka_t* client, int level, const char* kind, const char* text) {
            watch_of(rd_kafka_opaque(client)).on_log(level, kind, text);
        }
    );
    // OpenSSL's verdict stands; it is only remembered, for librdkafka does not tell it.
    rd_kafka_conf_set_ssl_cert_verify_cb(
        conf.get(),
        [](rd_kafka_t*,
           const char*,
           std::int32_t,
           int* failure,
           int,
           const char*,
           std::size_t,
           char*,
           std::size_t,
           void* context) {
            watch_of(context).on_certificate(*failure);
            return *failure == X509_V_OK ? 1 : 0;
        }
    );
    std::array<char, 512> reason{};
    rd_kafka_t* client = rd_kafka_new(type, conf.get(), reason.data(), reason.size());
    if (!client)
        throw KafkaError(RD_KAFKA_RESP_ERR__FAIL, "Kafka: " + named_as_settings(reason.data()));
    static_cast<void>(conf.release());
    return {client, &rd_kafka_destroy};
}

void throw_kafka(rd_kafka_resp_err_t code, const std::string& during) {
    throw KafkaError(code, during + ": " + rd_kafka_err2str(code));
}

}  // namespace duel::platform
