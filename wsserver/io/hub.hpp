#pragma once

// The switchboard at work: a thread that feeds it and hands its messages to the connections.
//
// Everything reaches it as a task on its io_context, in order: records of the feed, answers from
// Postgres, what connections do, and time. What comes out of one task goes to each thread of
// connections in one hand-over.

#include "core/event.hpp"
#include "platform/health.hpp"
#include "wsserver/io/feed_reader.hpp"
#include "wsserver/io/questions.hpp"
#include "wsserver/meters.hpp"
#include "wsserver/observations.hpp"
#include "wsserver/streams/simulations.hpp"
#include "wsserver/streams/switchboard.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <thread>

namespace duel::wsserver {

struct HubSettings {
    StreamSettings streams;
    FeedSettings feed;
    QuestionSettings questions;
    platform::KafkaSettings kafka;
};

class Hub {
public:
    // Takes deliveries and closings to the connections; called in the hub's thread.
    using HandOver = std::function<void(std::vector<Delivery>&&, std::vector<Closing>&&)>;
    // Looks at all connections and brings what it saw to on_survey().
    using LookAround = std::function<void(SurveyOf)>;

    Hub(HubSettings settings,
        const platform::Shutdown& shutdown,
        platform::Health& health,
        Meters& meters);
    ~Hub();

    // Begins to work. Once.
    void start(HandOver hand_over, LookAround look_around);
    // Ends the work; the shutdown has to be requested before. What is posted later is forgotten.
    void stop();

    // From the threads of connections.
    void open(ConnectionId who, Opening opening);
    void change(ConnectionId who, Change change);
    void close(ConnectionId who);
    void congested(ConnectionId who);
    void drained(ConnectionId who);
    void written(ConnectionId who);
    // Closes a connection, whichever thread it lives on.
    void hang_up(ConnectionId who, std::uint16_t code, std::string reason);
    // What happened to connections of one thread, and how many more events there were.
    void on_lifecycle(std::vector<LifecycleEvent> events, std::uint64_t lost);
    void on_survey(Survey survey);

private:
    void post(std::function<void()> task);
    void on_batch(const FeedBatch& batch);
    void on_status_begun(std::int64_t end);
    void on_status_batch(const FeedBatch& batch);
    void on_answer(const Ask& ask, const Answer& answer);
    void watch_ability(Now now);
    void finish_task();
    void begin_reading();

    HubSettings settings_;
    const platform::Shutdown& shutdown_;
    platform::Health& health_;
    Meters& meters_;
    HandOver hand_over_;
    LookAround look_around_;
    Instant next_look_{};    // at the health
    bool was_able_ = false;  // or should have been
    Switchboard switchboard_;
    Simulations simulations_;
    Decoder status_decoder_;
    std::int64_t status_end_ = 0;  // of the topic when its reading began
    bool warned_of_record_ = false;
    bool is_ending_ = false;
    Observations feed_delay_;
    Instant start_until_;
    Timestamp began_;

    boost::asio::io_context context_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    boost::asio::steady_timer timer_;
    Instant timer_at_ = Instant::max();
    std::shared_ptr<platform::Heartbeat> heartbeat_;
    std::thread thread_;
    std::unique_ptr<Questions> questions_;
    std::vector<std::unique_ptr<FeedReader>> readers_;  // of the feed and of the status
};

}  // namespace duel::wsserver
