#include "platform/kafka/admin.hpp"

#include "platform/kafka/native.hpp"

#include <algorithm>
#include <array>

namespace duel::platform {

namespace {

template <class T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

using Milliseconds = std::chrono::milliseconds;
using Metadata = std::unique_ptr<const rd_kafka_metadata_t, decltype(&rd_kafka_metadata_destroy)>;

int whole(Milliseconds time) {
    return static_cast<int>(time.count());
}

}  // namespace

class Admin::Impl : public BrokerWatch {
public:
    Impl(const KafkaSettings& kafka, KafkaStateHook on_state)
        : BrokerWatch("admin", kafka.security, std::move(on_state)),
          // Not a producer: that would have brokers make the topics that it asks about.
          client_(make_client(RD_KAFKA_CONSUMER, kafka, {{"client.id", "duelcast-admin"}}, *this)),
          answers_(rd_kafka_queue_new(client_.get()), &rd_kafka_queue_destroy) {}

    rd_kafka_t* client() { return client_.get(); }
    rd_kafka_queue_t* answers() { return answers_.get(); }

    Owned<rd_kafka_AdminOptions_t> options(rd_kafka_admin_op_t operation, Milliseconds longest) {
        Owned<rd_kafka_AdminOptions_t> made(
            rd_kafka_AdminOptions_new(client_.get(), operation), &rd_kafka_AdminOptions_destroy
        );
        std::array<char, 256> reason{};
        rd_kafka_AdminOptions_set_request_timeout(
            made.get(), whole(longest), reason.data(), reason.size()
        );
        if (operation != RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS) {
            rd_kafka_AdminOptions_set_operation_timeout(
                made.get(), whole(longest), reason.data(), reason.size()
            );
        }
        return made;
    }

    // The answer to the one request under way.
    Owned<rd_kafka_event_t>
    answer(rd_kafka_event_type_t type, const std::string& during, Milliseconds longest) {
        auto deadline = std::chrono::steady_clock::now() + longest + Milliseconds(1000);
        while (true) {
            rd_kafka_poll(client_.get(), 0);
            Owned<rd_kafka_event_t> event(
                rd_kafka_queue_poll(answers_.get(), 100), &rd_kafka_event_destroy
            );
            if (event && rd_kafka_event_type(event.get()) == type) {
                auto code = rd_kafka_event_error(event.get());
                if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return event;
                throw KafkaError(code, during + ": " + rd_kafka_event_error_string(event.get()));
            }
            if (is_refused() || std::chrono::steady_clock::now() > deadline) {
                fail(RD_KAFKA_RESP_ERR__TIMED_OUT, during);
            }
        }
    }

    // Of one topic, or of all of them.
    Metadata metadata(const char* topic, const std::string& during, Milliseconds longest) {
        std::unique_ptr<rd_kafka_topic_t, decltype(&rd_kafka_topic_destroy)> only(
            topic ? rd_kafka_topic_new(client_.get(), topic, nullptr) : nullptr,
            &rd_kafka_topic_destroy
        );
        if (topic && !only) throw_kafka(rd_kafka_last_error(), during);
        const rd_kafka_metadata_t* given = nullptr;
        auto code = ask_patiently(client_.get(), *this, longest, [&](Milliseconds patience) {
            return rd_kafka_metadata(
                client_.get(), topic ? 0 : 1, only.get(), &given, whole(patience)
            );
        });
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR) fail(code, during);
        return {given, &rd_kafka_metadata_destroy};
    }

    void add_configs(std::vector<TopicDescription>& topics, Milliseconds longest);

private:
    KafkaClient client_;
    std::unique_ptr<rd_kafka_queue_t, decltype(&rd_kafka_queue_destroy)> answers_;
};

void Admin::Impl::add_configs(std::vector<TopicDescription>& topics, Milliseconds longest) {
    if (topics.empty()) return;
    std::vector<Owned<rd_kafka_ConfigResource_t>> resources;
    std::vector<rd_kafka_ConfigResource_t*> asked;
    for (const TopicDescription& topic : topics) {
        resources.emplace_back(
            rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.name.c_str()),
            &rd_kafka_ConfigResource_destroy
        );
        asked.push_back(resources.back().get());
    }
    auto wishes = options(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, longest);
    rd_kafka_DescribeConfigs(client(), asked.data(), asked.size(), wishes.get(), answers());
    auto event =
        answer(RD_KAFKA_EVENT_DESCRIBECONFIGS_RESULT, "asking how topics are set up", longest);

    std::size_t count = 0;
    const auto* result = rd_kafka_event_DescribeConfigs_result(event.get());
    const auto* const* found = rd_kafka_DescribeConfigs_result_resources(result, &count);
    for (std::size_t i = 0; i < count; ++i) {
        std::string name = rd_kafka_ConfigResource_name(found[i]);
        auto code = rd_kafka_ConfigResource_error(found[i]);
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
            fail(code, "settings of topic " + name, "DescribeConfigs on topic " + name);
        auto topic = std::find_if(topics.begin(), topics.end(), [&](const TopicDescription& one) {
            return one.name == name;
        });
        if (topic == topics.end()) continue;
        std::size_t entries = 0;
        const auto* const* configs = rd_kafka_ConfigResource_configs(found[i], &entries);
        for (std::size_t k = 0; k < entries; ++k) {
            const char* value = rd_kafka_ConfigEntry_value(configs[k]);
            topic->configs[rd_kafka_ConfigEntry_name(configs[k])] = value ? value : "";
        }
    }
}

Admin::Admin(const KafkaSettings& kafka, KafkaStateHook on_state)
    : impl_(std::make_unique<Impl>(kafka, std::move(on_state))) {}

Admin::~Admin() = default;

std::vector<std::string> Admin::create(const std::vector<TopicSpec>& topics, Milliseconds longest) {
    if (topics.empty()) return {};
    std::array<char, 512> reason{};
    std::vector<Owned<rd_kafka_NewTopic_t>> specs;
    std::vector<rd_kafka_NewTopic_t*> asked;
    for (const TopicSpec& topic : topics) {
        specs.emplace_back(
            rd_kafka_NewTopic_new(
                topic.name.c_str(),
                topic.partitions,
                topic.replication,
                reason.data(),
                reason.size()
            ),
            &rd_kafka_NewTopic_destroy
        );
        if (!specs.back()) {
            throw KafkaError(
                RD_KAFKA_RESP_ERR__INVALID_ARG, "topic " + topic.name + ": " + reason.data()
            );
        }
        for (const auto& [name, value] : topic.configs) {
            rd_kafka_NewTopic_set_config(specs.back().get(), name.c_str(), value.c_str());
        }
        asked.push_back(specs.back().get());
    }
    auto wishes = impl_->options(RD_KAFKA_ADMIN_OP_CREATETOPICS, longest);
    rd_kafka_CreateTopics(
        impl_->client(), asked.data(), asked.size(), wishes.get(), impl_->answers()
    );
    auto event = impl_->answer(RD_KAFKA_EVENT_CREATETOPICS_RESULT, "creating topics", longest);

    std::vector<std::string> made;
    std::size_t count = 0;
    const auto* result = rd_kafka_event_CreateTopics_result(event.get());
    const auto* const* answers = rd_kafka_CreateTopics_result_topics(result, &count);
    for (std::size_t i = 0; i < count; ++i) {
        std::string name = rd_kafka_topic_result_name(answers[i]);
        auto code = rd_kafka_topic_result_error(answers[i]);
        if (code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) continue;
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
            const char* text = rd_kafka_topic_result_error_string(answers[i]);
            if (is_denied(code))
                impl_->fail(code, "creating topic " + name, "Create on topic " + name);
            throw KafkaError(
                code, "creating topic " + name + ": " + (text ? text : rd_kafka_err2str(code))
            );
        }
        made.push_back(std::move(name));
    }
    return made;
}

std::vector<TopicDescription>
Admin::describe(const std::vector<std::string>& topics, Milliseconds longest) {
    std::vector<TopicDescription> found;
    for (const std::string& name : topics) {
        const std::string during = "asking for topic " + name;
        const auto metadata = impl_->metadata(name.c_str(), during, longest);
        if (metadata->topic_cnt != 1) continue;
        const rd_kafka_metadata_topic_t& topic = metadata->topics[0];
        if (topic.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) continue;
        if (is_denied(topic.err)) impl_->fail(topic.err, during, "Describe on topic " + name);
        found.push_back(
            {.name = topic.topic,
             .partitions = topic.partition_cnt,
             .replication = topic.partition_cnt > 0 ? topic.partitions[0].replica_cnt : 0,
             .configs = {}}
        );
    }
    impl_->add_configs(found, longest);
    return found;
}

std::vector<std::string> Admin::list(Milliseconds longest) {
    std::vector<std::string> names;
    const auto metadata = impl_->metadata(nullptr, "listing topics", longest);
    for (int i = 0; i < metadata->topic_cnt; ++i) {
        std::string name = metadata->topics[i].topic;
        if (!name.starts_with("__")) names.push_back(std::move(name));
    }
    std::sort(names.begin(), names.end());
    return names;
}

void Admin::remove(const std::vector<std::string>& topics, Milliseconds longest) {
    if (topics.empty()) return;
    std::vector<Owned<rd_kafka_DeleteTopic_t>> specs;
    std::vector<rd_kafka_DeleteTopic_t*> asked;
    for (const std::string& name : topics) {
        specs.emplace_back(rd_kafka_DeleteTopic_new(name.c_str()), &rd_kafka_DeleteTopic_destroy);
        asked.push_back(specs.back().get());
    }
    auto wishes = impl_->options(RD_KAFKA_ADMIN_OP_DELETETOPICS, longest);
    rd_kafka_DeleteTopics(
        impl_->client(), asked.data(), asked.size(), wishes.get(), impl_->answers()
    );
    auto event = impl_->answer(RD_KAFKA_EVENT_DELETETOPICS_RESULT, "deleting topics", longest);
    std::size_t count = 0;
    const auto* result = rd_kafka_event_DeleteTopics_result(event.get());
    const auto* const* answers = rd_kafka_DeleteTopics_result_topics(result, &count);
    for (std::size_t i = 0; i < count; ++i) {
        auto code = rd_kafka_topic_result_error(answers[i]);
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
            throw_kafka(
                code, std::string("deleting topic ") + rd_kafka_topic_result_name(answers[i])
            );
        }
    }
}

}  // namespace duel::platform
