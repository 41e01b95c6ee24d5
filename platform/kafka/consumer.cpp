#include "platform/kafka/consumer.hpp"

#include "platform/kafka/native.hpp"
#include "platform/log.hpp"

#include <algorithm>
#include <map>
#include <poll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace duel::platform {

namespace {

using TopicHandle = std::unique_ptr<rd_kafka_topic_t, decltype(&rd_kafka_topic_destroy)>;
using PartitionList = std::
    unique_ptr<rd_kafka_topic_partition_list_t, decltype(&rd_kafka_topic_partition_list_destroy)>;

std::vector<Property> properties_of(const ConsumerSettings& settings) {
    return {
        {"client.id", settings.client_id},
        {"enable.auto.commit", "false"},
        {"enable.auto.offset.store", "false"},
        {"enable.partition.eof", "true"},
        {"auto.offset.reset", "error"},
        {"check.crcs", "true"},
        {"debug", "topic"},  // for interruptions()
        {"fetch.wait.max.ms", std::to_string(settings.fetch_wait.count())},
        {"fetch.message.max.bytes", std::to_string(settings.fetch_bytes)},
        {"fetch.error.backoff.ms", "100"},
        {"queued.min.messages", "1000000"},  // the kilobytes decide
        {"queued.max.messages.kbytes", std::to_string(settings.queued_kbytes)},
    };
}

constexpr auto kRetryPause = std::chrono::milliseconds(50);

// Errors of a cluster that is settling: a topic just made, a leader that moves, a broker on its way
// up.
bool may_pass(rd_kafka_resp_err_t code) {
    switch (code) {
        case RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION:
        case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
        case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
        case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
        case RD_KAFKA_RESP_ERR__TRANSPORT:
            return true;
        default:
            return false;
    }
}

void drain(int fd) {
    std::uint64_t count = 0;
    while (::read(fd, &count, sizeof count) > 0) {
    }
}

}  // namespace

class Consumer::Impl : public BrokerWatch {
public:
    Impl(const KafkaSettings& kafka, const ConsumerSettings& settings, KafkaStateHook on_state)
        : BrokerWatch(settings.client_id, kafka.security, std::move(on_state)),
          wake_fd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
          client(make_client(RD_KAFKA_CONSUMER, kafka, properties_of(settings), *this)) {
        if (wake_fd < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
    }

    ~Impl() {
        readers.clear();
        topics.clear();
        client.reset();
        ::close(wake_fd);
    }

    rd_kafka_topic_t* topic(const std::string& name) {
        auto known = topics.find(name);
        if (known != topics.end()) return known->second.get();
        TopicHandle handle(
            rd_kafka_topic_new(client.get(), name.c_str(), nullptr), &rd_kafka_topic_destroy
        );
        if (!handle) throw_kafka(rd_kafka_last_error(), "topic " + name);
        return topics.emplace(name, std::move(handle)).first->second.get();
    }

    // ListOffsets for all of them at once; `query` is a time in ms or one of Kafka's logical
    // offsets. Tried again while leaders move or are not known yet.
    std::vector<std::int64_t> list_offsets(
        const std::vector<PartitionId>& partitions,
        std::int64_t query,
        std::chrono::milliseconds longest
    ) {
        using Clock = std::chrono::steady_clock;
        auto deadline = Clock::now() + longest;
        std::vector<std::int64_t> offsets;
        while (!partitions.empty()) {
            auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
            auto code = ask_patiently(client.get(), *this, left, [&](auto patience) {
                return try_list_offsets(partitions, query, patience, offsets);
            });
            if (code == RD_KAFKA_RESP_ERR_NO_ERROR) break;
            if (!may_pass(code) || is_refused() || Clock::now() + kRetryPause >= deadline) {
                const std::string& topic = partitions[0].topic;
                fail(
                    code, "asking where partitions of " + topic + " stand", "Read on topic " + topic
                );
            }
            std::this_thread::sleep_for(kRetryPause);
        }
        return offsets;
    }

    // Offsets in place of kBeginning and kEnd. librdkafka would find them too, but after a back-off
    // of half a second; where the brokers do not answer at once it is left to it.
    std::vector<StartPosition> resolve(std::vector<StartPosition> positions) {
        for (std::int64_t logical : {StartPosition::kBeginning, StartPosition::kEnd}) {
            std::vector<PartitionId> asked;
            for (const StartPosition& start : positions) {
                if (start.offset == logical) asked.push_back({start.topic, start.partition});
            }
            try {
                auto offsets = list_offsets(asked, logical, std::chrono::milliseconds(1000));
                auto next = offsets.begin();
                for (StartPosition& start : positions) {
                    if (start.offset == logical) start.offset = *next++;
                }
            } catch (const KafkaError& error) {
                log::debug("kafka: {}", error.what());
            }
        }
        return positions;
    }

    int wake_fd;
    KafkaClient client;
    std::map<std::string, TopicHandle> topics;
    std::vector<std::unique_ptr<PartitionReader>> readers;

private:
    rd_kafka_resp_err_t try_list_offsets(
        const std::vector<PartitionId>& partitions,
        std::int64_t query,
        std::chrono::milliseconds longest,
        std::vector<std::int64_t>& offsets
    ) const {
        PartitionList list(
            rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())),
            &rd_kafka_topic_partition_list_destroy
        );
        for (const auto& [name, partition] : partitions) {
            rd_kafka_topic_partition_list_add(list.get(), name.c_str(), partition)->offset = query;
        }
        auto code =
            rd_kafka_offsets_for_times(client.get(), list.get(), static_cast<int>(longest.count()));
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return code;
        offsets.clear();
        for (const auto& [name, partition] : partitions) {
            auto* found = rd_kafka_topic_partition_list_find(list.get(), name.c_str(), partition);
            if (!found) return RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
            if (found->err != RD_KAFKA_RESP_ERR_NO_ERROR) return found->err;
            offsets.push_back(found->offset);
        }
        return code;
    }
};

Consumer::Consumer(
    const KafkaSettings& kafka,
    const ConsumerSettings& settings,
    KafkaStateHook on_state
)
    : impl_(std::make_unique<Impl>(kafka, settings, std::move(on_state))) {}

Consumer::~Consumer() = default;

void Consumer::assign(const std::vector<StartPosition>& positions) {
    impl_->readers.clear();
    drain(impl_->wake_fd);
    for (const StartPosition& start : impl_->resolve(positions)) {
        impl_->readers.push_back(std::make_unique<PartitionReader>(
            impl_->client.get(), impl_->topic(start.topic), start, impl_->wake_fd
        ));
    }
}

PartitionReader& Consumer::start(const StartPosition& position) {
    stop({position.topic, position.partition});
    return *impl_->readers.emplace_back(std::make_unique<PartitionReader>(
        impl_->client.get(), impl_->topic(position.topic), position, impl_->wake_fd
    ));
}

void Consumer::stop(const PartitionId& partition) {
    // The name may be that of the reader itself, and goes with it.
    const auto found = std::ranges::find(impl_->readers, partition, &PartitionReader::id);
    if (found != impl_->readers.end()) impl_->readers.erase(found);
}

const std::vector<std::unique_ptr<PartitionReader>>& Consumer::partitions() const {
    return impl_->readers;
}

bool Consumer::wait(std::chrono::milliseconds longest) {
    rd_kafka_poll(impl_->client.get(), 0);
    pollfd waiting{.fd = impl_->wake_fd, .events = POLLIN, .revents = 0};
    bool is_woken = ::poll(&waiting, 1, static_cast<int>(longest.count())) > 0;
    if (is_woken) drain(impl_->wake_fd);
    return is_woken;
}

void Consumer::throw_if_refused() const {
    if (impl_->is_refused()) impl_->fail(RD_KAFKA_RESP_ERR__TIMED_OUT, "reading the log");
}

void Consumer::wake() {
    eventfd_write(impl_->wake_fd, 1);
}

std::uint64_t Consumer::interruptions() const {
    return impl_->interruptions();
}

std::vector<std::int64_t>
Consumer::ends(const std::vector<PartitionId>& partitions, std::chrono::milliseconds longest) {
    return impl_->list_offsets(partitions, RD_KAFKA_OFFSET_END, longest);
}

std::vector<std::int64_t> Consumer::offsets_at(
    const std::vector<PartitionId>& partitions,
    Timestamp time,
    std::chrono::milliseconds longest
) {
    auto since = std::chrono::ceil<std::chrono::milliseconds>(time.time_since_epoch()).count();
    auto offsets = impl_->list_offsets(partitions, since, longest);
    auto is_missing = [](std::int64_t offset) { return offset < 0; };
    if (std::none_of(offsets.begin(), offsets.end(), is_missing)) return offsets;
    auto past_last = ends(partitions, longest);
    for (std::size_t i = 0; i < offsets.size(); ++i) {
        if (is_missing(offsets[i])) offsets[i] = past_last[i];
    }
    return offsets;
}

Watermarks Consumer::watermarks(const PartitionId& partition, std::chrono::milliseconds longest) {
    return watermarks(std::vector{partition}, longest)[0];
}

std::vector<Watermarks> Consumer::watermarks(
    const std::vector<PartitionId>& partitions,
    std::chrono::milliseconds longest
) {
    const auto lows = impl_->list_offsets(partitions, RD_KAFKA_OFFSET_BEGINNING, longest);
    const auto highs = impl_->list_offsets(partitions, RD_KAFKA_OFFSET_END, longest);
    std::vector<Watermarks> marks;
    for (std::size_t i = 0; i < partitions.size(); ++i)
        marks.push_back({.low = lows[i], .high = highs[i]});
    return marks;
}

std::int32_t
Consumer::partition_count(const std::string& topic, std::chrono::milliseconds longest) {
    const rd_kafka_metadata_t* answer = nullptr;
    rd_kafka_t* client = impl_->client.get();
    auto code = ask_patiently(client, *impl_, longest, [&](std::chrono::milliseconds patience) {
        return rd_kafka_metadata(
            client, 0, impl_->topic(topic), &answer, static_cast<int>(patience.count())
        );
    });
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) impl_->fail(code, "partitions of " + topic);
    std::unique_ptr<const rd_kafka_metadata_t, decltype(&rd_kafka_metadata_destroy)> metadata(
        answer, &rd_kafka_metadata_destroy
    );
    if (metadata->topic_cnt != 1) return 0;
    const auto& found = metadata->topics[0];
    if (found.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) return 0;
    if (found.err != RD_KAFKA_RESP_ERR_NO_ERROR)
        impl_->fail(found.err, "partitions of " + topic, "Read on topic " + topic);
    return found.partition_cnt;
}

}  // namespace duel::platform
