#include "platform/kafka/producer.hpp"

#include "platform/kafka/native.hpp"

#include <mutex>

namespace duel::platform {

namespace {

using TopicHandle = std::unique_ptr<rd_kafka_topic_t, decltype(&rd_kafka_topic_destroy)>;

std::vector<Property> properties_of(const ProducerSettings& settings) {
    return {
        {"client.id", settings.client_id},
        {"enable.idempotence", "true"},
        {"acks", "all"},
        {"compression.codec", "lz4"},
        {"linger.ms", std::to_string(settings.linger.count())},
        {"queue.buffering.max.messages", std::to_string(settings.queue_messages)},
        {"queue.buffering.max.kbytes", std::to_string(settings.queue_kbytes)},
        {"batch.size", std::to_string(settings.batch_bytes)},
        {"batch.num.messages", "100000"},
        {"message.timeout.ms", std::to_string(settings.delivery_timeout.count())},
        {"partitioner", "murmur2_random"},  // as Java clients do it
    };
}

rd_kafka_headers_t* copy_headers(std::span<const KafkaHeader> headers) {
    rd_kafka_headers_t* list = rd_kafka_headers_new(headers.size());
    for (const auto& [name, value] : headers) {
        rd_kafka_header_add(
            list,
            name.data(),
            static_cast<ssize_t>(name.size()),
            value.data(),
            static_cast<ssize_t>(value.size())
        );
    }
    return list;
}

}  // namespace

class Producer::Impl : public BrokerWatch {
public:
    Impl(
        const KafkaSettings& kafka,
        const ProducerSettings& settings,
        OnDelivery on_delivery,
        KafkaStateHook on_state
    )
        : BrokerWatch(settings.client_id, kafka.security, std::move(on_state)),
          on_delivery_(std::move(on_delivery)),
          client_(make_client(
              RD_KAFKA_PRODUCER,
              kafka,
              properties_of(settings),
              *this,
              &Impl::on_delivery_report
          )) {}

    rd_kafka_t* client() { return client_.get(); }

    rd_kafka_topic_t* topic(std::string_view name) {
        std::lock_guard lock(topics_mutex_);
        for (const auto& [known, handle] : topics_) {
            if (known == name) return handle.get();
        }
        std::string text(name);
        TopicHandle handle(
            rd_kafka_topic_new(client_.get(), text.c_str(), nullptr), &rd_kafka_topic_destroy
        );
        if (!handle) throw_kafka(rd_kafka_last_error(), "topic " + text);
        return topics_.emplace_back(std::move(text), std::move(handle)).second.get();
    }

    // A producer that may write to none of its topics fails before it sends to any of them.
    void throw_if_failed() {
        if (!has_failed()) return;
        std::string needs;
        {
            std::lock_guard lock(topics_mutex_);
            for (const auto& [name, handle] : topics_)
                needs += (needs.empty() ? "Write on topic " : " or ") + name;
        }
        throw_if_fatal(needs);
    }

    std::atomic<std::uint64_t> taken{0};
    std::atomic<std::uint64_t> delivered{0};
    std::atomic<std::uint64_t> failed{0};

private:
    static void on_delivery_report(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
        auto& self = static_cast<Impl&>(*static_cast<BrokerWatch*>(opaque));
        bool ok = message->err == RD_KAFKA_RESP_ERR_NO_ERROR;
        (ok ? self.delivered : self.failed).fetch_add(1, std::memory_order_relaxed);
        if (!self.on_delivery_) return;
        const char* topic = rd_kafka_topic_name(message->rkt);
        std::string error;
        if (!ok) error = text_of(message->err, std::string{"Write on topic "} + topic);
        self.on_delivery_({
            .token = message->_private,
            .topic = topic,
            .key = {static_cast<const char*>(message->key), message->key_len},
            .value = {static_cast<const char*>(message->payload), message->len},
            .partition = message->partition,
            .offset = ok ? message->offset : -1,
            .log_time_ms = rd_kafka_message_timestamp(message, nullptr),
            .code = message->err,
            .error = error,
        });
    }

    OnDelivery on_delivery_;
    KafkaClient client_;
    std::mutex topics_mutex_;
    std::vector<std::pair<std::string, TopicHandle>> topics_;
};

Producer::Producer(
    const KafkaSettings& kafka,
    const ProducerSettings& settings,
    OnDelivery on_delivery,
    KafkaStateHook on_state
)
    : impl_(std::make_unique<Impl>(kafka, settings, std::move(on_delivery), std::move(on_state))) {}

Producer::~Producer() = default;

bool Producer::produce(
    std::string_view topic,
    std::string_view key,
    std::string_view value,
    const std::atomic<bool>& stop,
    void* token,
    std::span<const KafkaHeader> headers,
    std::int32_t partition,
    Value memory
) {
    rd_kafka_topic_t* handle = impl_->topic(topic);
    const int flags = memory == Value::copied ? RD_KAFKA_MSG_F_COPY : 0;
    // librdkafka's C interface takes pointers to mutable memory, which it only reads.
    void* payload = const_cast<char*>(value.data());
    while (true) {
        rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
        impl_->taken.fetch_add(1);  // before a thread that polls can count it as delivered
        if (headers.empty()) {
            int answer = rd_kafka_produce(
                handle, partition, flags, payload, value.size(), key.data(), key.size(), token
            );
            if (answer != 0) code = rd_kafka_last_error();
        } else {
            rd_kafka_headers_t* list = copy_headers(headers);
            code = rd_kafka_producev(
                impl_->client(),
                RD_KAFKA_V_RKT(handle),
                RD_KAFKA_V_PARTITION(partition),
                RD_KAFKA_V_MSGFLAGS(flags),
                RD_KAFKA_V_VALUE(payload, value.size()),
                RD_KAFKA_V_KEY(key.data(), key.size()),
                RD_KAFKA_V_OPAQUE(token),
                RD_KAFKA_V_HEADERS(list),
                RD_KAFKA_V_END
            );
            if (code != RD_KAFKA_RESP_ERR_NO_ERROR) rd_kafka_headers_destroy(list);
        }
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return true;
        impl_->taken.fetch_sub(1);
        if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
            impl_->throw_if_failed();
            const std::string name(topic);
            impl_->fail(code, "record for topic " + name, "Write on topic " + name);
        }
        if (stop.load(std::memory_order_relaxed)) return false;
        poll(std::chrono::milliseconds(20));
    }
}

void Producer::poll(std::chrono::milliseconds wait) {
    rd_kafka_poll(impl_->client(), static_cast<int>(wait.count()));
    impl_->throw_if_failed();
}

std::size_t Producer::flush(std::chrono::milliseconds longest) {
    rd_kafka_flush(impl_->client(), static_cast<int>(longest.count()));
    impl_->throw_if_failed();
    return outstanding();
}

void Producer::purge() {
    rd_kafka_purge(impl_->client(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_poll(impl_->client(), 0);
}

std::size_t Producer::outstanding() const {
    // rd_kafka_outq_len() would count statistics and errors too.
    std::uint64_t answered = delivered() + failed();
    return impl_->taken.load() - answered;
}

std::uint64_t Producer::delivered() const {
    return impl_->delivered.load(std::memory_order_relaxed);
}

std::uint64_t Producer::failed() const {
    return impl_->failed.load(std::memory_order_relaxed);
}

}  // namespace duel::platform
