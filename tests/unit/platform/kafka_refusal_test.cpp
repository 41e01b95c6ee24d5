// What brokers say no to, in words that name what to change.

#include "platform/kafka/refusal.hpp"
#include "tests/unit/platform/brokers.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>
#include <vector>

using namespace duel::platform;
using namespace std::chrono_literals;

namespace {

const std::atomic<bool> kNeverStop{false};

constexpr std::int16_t kProduce = 0;
constexpr std::int16_t kFetch = 1;
constexpr std::int16_t kListOffsets = 2;

void deny_next(Brokers& brokers, std::int16_t request, int times) {
    for (int i = 0; i < times; ++i)
        rd_kafka_mock_push_request_errors(
            brokers.mock(), request, 1, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED
        );
}

// Code and text, as "code: text".
std::string told(
    int code,
    std::string_view reason,
    const KafkaSecurity& security = {},
    const std::string& certificate_failure = {}
) {
    const BrokerError error = explain(code, reason, security, certificate_failure);
    return std::string(rd_kafka_err2name(static_cast<rd_kafka_resp_err_t>(error.code))) + ": " +
           error.text;
}

const std::string kUnverified =
    "sasl_ssl://kafka:9093/bootstrap: SSL handshake failed: error:0A000086:SSL "
    "routines::certificate verify failed: broker certificate could not be verified, verify that "
    "ssl.ca.location is correctly configured or root CA certificates are installed (install "
    "ca-certificates package) (after 10ms in state SSL_HANDSHAKE)";

const std::string kBadPassword =
    "sasl_ssl://kafka:9093/bootstrap: SASL authentication error: Authentication failed (after "
    "312ms in state AUTH_REQ)";

}  // namespace

TEST_CASE("a certificate that is not trusted is told with the reason", "[kafka][refusal]") {
    CHECK(
        told(RD_KAFKA_RESP_ERR__SSL, kUnverified, {}, "self-signed certificate") ==
        "_SSL: sasl_ssl://kafka:9093/bootstrap: its certificate is not accepted (self-signed "
        "certificate); --kafka-ca names the authorities that are trusted"
    );
    CHECK(
        told(RD_KAFKA_RESP_ERR__SSL, kUnverified, {}, "hostname mismatch") ==
        "_SSL: sasl_ssl://kafka:9093/bootstrap: its certificate is not accepted (hostname "
        "mismatch); --kafka must name it as its certificate does"
    );
}

TEST_CASE("a password that brokers do not know is told as that", "[kafka][refusal]") {
    const std::string plain = told(
        RD_KAFKA_RESP_ERR__AUTHENTICATION,
        kBadPassword,
        {.mechanism = KafkaSecurity::Mechanism::plain}
    );
    CHECK(
        plain ==
        "_AUTHENTICATION: sasl_ssl://kafka:9093/bootstrap: SASL authentication error: "
        "Authentication failed; --kafka-user or --kafka-password is not what the brokers know"
    );
    const std::string scram = told(
        RD_KAFKA_RESP_ERR__AUTHENTICATION,
        kBadPassword,
        {.mechanism = KafkaSecurity::Mechanism::scram_sha_512}
    );
    const bool may_be_the_library = scram.find("this librdkafka") != std::string::npos;
    CHECK(may_be_the_library == (rd_kafka_version() < 0x020601ff));
}

TEST_CASE("a broker that goes away meanwhile is no refusal", "[kafka][refusal]") {
    CHECK(told(
              RD_KAFKA_RESP_ERR__AUTHENTICATION,
              "SASL authentication error: SaslAuthenticateRequest failed: Local: Broker transport "
              "failure (after 5ms in state AUTH_REQ)"
    )
              .starts_with("_TRANSPORT: "));
    CHECK(
        told(
            RD_KAFKA_RESP_ERR__TRANSPORT, "kafka:9092: Connection refused (after 0ms in state X)"
        ) == "_TRANSPORT: kafka:9092: Connection refused"
    );
}

TEST_CASE("brokers that want another certificate from us are told apart", "[kafka][refusal]") {
    const std::string alert =
        "ssl://kafka:9094/bootstrap: Receive failed: error:0A000412:SSL "
        "routines::sslv3 alert bad certificate: SSL alert number 42";
    CHECK(
        told(RD_KAFKA_RESP_ERR__TRANSPORT, alert) ==
        "_AUTHENTICATION: " + alert +
            "; the brokers want a client certificate: --kafka-cert and --kafka-key"
    );
    CHECK(
        told(RD_KAFKA_RESP_ERR__TRANSPORT, alert, {.certificate = "me.crt"}) ==
        "_AUTHENTICATION: " + alert +
            "; the brokers do not accept the client certificate of --kafka-cert"
    );
}

TEST_CASE("properties of librdkafka are named as our settings", "[kafka][refusal]") {
    CHECK(
        told(
            RD_KAFKA_RESP_ERR__TRANSPORT,
            "might be caused by incorrect security.protocol configuration (connecting to a SSL "
            "listener?)"
        ) ==
        "_TRANSPORT: might be caused by incorrect --kafka-protocol configuration (connecting "
        "to a SSL listener?)"
    );
}

TEST_CASE("a record that may not be written names topic and right", "[kafka][refusal]") {
    if (is_real()) return;
    Brokers brokers;
    const std::string topic = brokers.topic(1, "feed");
    std::string error;
    Producer producer(brokers.settings(), {.linger = 0ms}, [&](const Delivery& delivery) {
        error = delivery.error;
    });
    deny_next(brokers, kProduce, 1);
    producer.produce(topic, "key", "value", kNeverStop);
    producer.flush(10s);
    CHECK(
        error ==
        "Broker: Topic authorization failed; this user needs an ACL for Write on topic feed"
    );
}

TEST_CASE("a partition that may not be read names topic and right", "[kafka][refusal]") {
    if (is_real()) return;
    Brokers brokers;
    const std::string topic = brokers.topic(1, "trades");
    Consumer consumer(brokers.settings(), {});
    deny_next(brokers, kFetch, 100);
    consumer.assign({{topic, 0, 0}});
    const PartitionReader& partition = *consumer.partitions()[0];
    std::vector<Record> records;
    for (int i = 0; i < 100 && !partition.error(); ++i) {
        consumer.partitions()[0]->read(records, 10);
        consumer.wait(50ms);
    }
    REQUIRE(partition.error());
    CHECK(partition.error()->kind == PartitionError::Kind::not_authorized);
    CHECK(
        partition.error()->text ==
        "trades/0 at offset 0: Broker: Topic authorization failed; this "
        "user needs an ACL for Read on topic trades"
    );
}

TEST_CASE("offsets that may not be asked for name topic and right", "[kafka][refusal]") {
    if (is_real()) return;
    Brokers brokers;
    const std::string topic = brokers.topic(1, "trades");
    Consumer consumer(brokers.settings(), {});
    deny_next(brokers, kListOffsets, 1);
    try {
        consumer.ends({{topic, 0}}, 10s);
        FAIL("it was allowed");
    } catch (const KafkaError& error) {
        CHECK(error.is_refusal());
        CHECK_THAT(error.what(), Catch::Contains("needs an ACL for Read on topic trades"));
    }
}
