#include "wsserver/io/hub.hpp"

#include "platform/log.hpp"
#include "wsserver/io/clock.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <future>
#include <limits>

namespace duel::wsserver {
namespace {

using namespace std::chrono_literals;

constexpr Duration kLookEvery = 1s;
constexpr Duration kStartWithin = 10s;

// When a record came. One that was there before the reading began may be days old: its log time
// counts. The others are as old as their arrival, whatever the broker's clock says.
Instant heard(const platform::Record& record, std::int64_t end, Now now) {
    if (record.offset() >= end) return now.steady;
    const Timestamp logged{std::chrono::milliseconds{record.log_time_ms()}};
    return now.steady - std::max(now.wall - logged, Timestamp::duration{});
}

}  // namespace

Hub::Hub(
    HubSettings settings,
    const platform::Shutdown& shutdown,
    platform::Health& health,
    Meters& meters
)
    : settings_(std::move(settings)),
      shutdown_(shutdown),
      health_(health),
      meters_(meters),
      switchboard_(settings_.streams),
      simulations_(settings_.streams),
      feed_delay_(meters.feed_to_hub),
      start_until_(clock_now().steady + kStartWithin),
      began_(clock_now().wall),
      work_(context_.get_executor()),
      timer_(context_),
      heartbeat_(health.heartbeat("hub", 30s)) {
    health_.expect("feed", "waits for Postgres");
}

Hub::~Hub() {
    stop();
}

// The thread makes the reader and works on its records, which must be gone before their consumer
// goes: so it gives up the reader, works on until that has ended, and ends after it.
void Hub::stop() {
    if (thread_.joinable()) {
        std::promise<std::vector<std::unique_ptr<FeedReader>>> given;
        post([this, &given] {
            is_ending_ = true;
            given.set_value(std::move(readers_));
        });
        given.get_future().get().clear();
        context_.stop();
        thread_.join();
    }
    questions_.reset();
}

void Hub::start(HandOver hand_over, LookAround look_around) {
    hand_over_ = std::move(hand_over);
    look_around_ = std::move(look_around);
    questions_ = std::make_unique<Questions>(
        settings_.questions,
        shutdown_,
        health_,
        meters_,
        [this](const Ask& ask, Answer&& answer) {
            post([this, ask, answer = std::move(answer)] { on_answer(ask, answer); });
        }
    );
    // The first answer says which numbering counts; only then is a record of the feed of any use.
    questions_->ask({.what = Ask::What::epoch});
    thread_ = std::thread{[this] { context_.run(); }};
    post([] {});
}

void Hub::post(std::function<void()> task) {
    boost::asio::post(context_, [this, task = std::move(task)] {
        task();
        finish_task();
    });
}

void Hub::open(ConnectionId who, Opening opening) {
    post([this, who, opening = std::move(opening)] {
        if (!opening.simulation) return switchboard_.open(who, opening, clock_now());
        simulations_.open(who, opening, clock_now());
        // Of the real world it hears how the service stands.
        Opening real;
        real.dialect = opening.dialect;
        real.simulation = opening.simulation;
        switchboard_.open(who, real, clock_now());
    });
}
void Hub::change(ConnectionId who, Change change) {
    post([this, who, change = std::move(change)] { switchboard_.change(who, change, clock_now()); }
    );
}
void Hub::close(ConnectionId who) {
    post([this, who] {
        switchboard_.close(who);
        simulations_.close(who);
    });
}
void Hub::congested(ConnectionId who) {
    post([this, who] {
        switchboard_.congested(who);
        simulations_.congested(who);
    });
}
void Hub::drained(ConnectionId who) {
    post([this, who] {
        switchboard_.drained(who, clock_now());
        simulations_.drained(who, clock_now());
    });
}
void Hub::written(ConnectionId who) {
    post([this, who] {
        switchboard_.written(who, clock_now());
        simulations_.written(who, clock_now());
    });
}

void Hub::hang_up(ConnectionId who, std::uint16_t code, std::string reason) {
    post([this, who, code, reason = std::move(reason)] { hand_over_({}, {{who, code, reason}}); });
}

void Hub::on_lifecycle(std::vector<LifecycleEvent> events, std::uint64_t lost) {
    meters_.monitor_events_lost.Increment(static_cast<double>(lost));
    post([this, events = std::move(events), lost]() mutable {
        switchboard_.on_lifecycle(std::move(events), lost);
    });
}

void Hub::on_survey(Survey survey) {
    post([this, survey = std::move(survey)] { switchboard_.on_survey(survey, clock_now()); });
}

void Hub::on_batch(const FeedBatch& batch) {
    const auto now = clock_now();
    std::size_t skipped = 0;
    std::size_t refused = 0;
    for (const auto& record : *batch) {
        // What was there before is read back at the start: its age says nothing.
        const Timestamp logged{std::chrono::milliseconds{record.log_time_ms()}};
        if (logged >= began_)
            feed_delay_.add(std::chrono::duration<double>{now.wall - logged}.count());
        const auto use = switchboard_.on_record(record.value(), record.log_time_ms(), now);
        if (use) {
            if (*use == Use::skipped) ++skipped;
            continue;
        }
        ++refused;
        if (!std::exchange(warned_of_record_, true))
            platform::log::error(
                "feed/{} offset {}: {} (said once, then only counted)",
                record.partition(),
                record.offset(),
                use.error().sentence()
            );
    }
    feed_delay_.hand_on();
    meters_.feed_skipped.Increment(static_cast<double>(skipped));
    meters_.feed_refused.Increment(static_cast<double>(refused));
    meters_.feed_records.Increment(static_cast<double>(batch->size() - skipped - refused));
}

void Hub::on_status_begun(std::int64_t end) {
    status_end_ = end;
    switchboard_.on_status_begun(end);
}

// Others write this topic too: what cannot be read is said and left.
void Hub::on_status_batch(const FeedBatch& batch) {
    const auto now = clock_now();
    for (const auto& record : *batch) {
        if (record.value().empty()) continue;
        const auto event = status_decoder_.decode(Topic::status, record.value());
        if (!event)
            platform::log::warn("status offset {}: {}", record.offset(), event.error().sentence());
        else if (const auto* status = std::get_if<SourceStatus>(&*event))
            switchboard_.on_status(*status, record.offset(), heard(record, status_end_, now), now);
        else if (const auto* announcement = std::get_if<Announcement>(&*event))
            switchboard_.on_announcement(*announcement, record.offset(), now);
    }
}

void Hub::on_answer(const Ask& ask, const Answer& answer) {
    const auto now = clock_now();
    if (const auto* snapshot = std::get_if<Snapshot>(&answer))
        switchboard_.on_snapshot(ask.channel, ask.ticket, *snapshot, now);
    else if (const auto* page = std::get_if<EventsPage>(&answer))
        switchboard_.on_events(ask.channel, ask.who, *page, now);
    else if (const auto* portfolios = std::get_if<Portfolios>(&answer))
        switchboard_.on_portfolios(ask.channel.wallet, portfolios->contest_ids, now);
    else if (const auto* found = std::get_if<FoundBaseline>(&answer))
        switchboard_.on_baseline(ask.channel, found->baseline, now);
    else if (const auto* tokens = std::get_if<Tokens>(&answer))
        switchboard_.on_tokens(tokens->rows, now);
    else if (const auto* epoch = std::get_if<Epoch>(&answer))
        switchboard_.on_epoch(epoch->text, now);
    if (readers_.empty() && !is_ending_) begin_reading();
}

void Hub::begin_reading() {
    readers_.push_back(std::make_unique<FeedReader>(
        settings_.kafka,
        settings_.feed,
        shutdown_,
        health_,
        FeedReader::Hooks{
            .on_batch = [this](const FeedBatch& batch
                        ) { post([this, batch] { on_batch(batch); }); },
            .on_lost_place = [this] { post([this] { switchboard_.reload(); }); },
            .on_behind = [this](Duration behind
                         ) { meters_.feed_lag.Set(std::chrono::duration<double>{behind}.count()); }}
    ));
    readers_.push_back(std::make_unique<FeedReader>(
        settings_.kafka,
        FeedSettings{
            .topic = std::string{text(Topic::status)},
            .recent_records = std::numeric_limits<std::int64_t>::max()},
        shutdown_,
        health_,
        FeedReader::Hooks{
            .on_batch = [this](const FeedBatch& batch
                        ) { post([this, batch] { on_status_batch(batch); }); },
            // What is read twice changes nothing.
            .on_lost_place = [] {},
            .on_begun = [this](
                            std::int32_t /*the only one*/, std::int64_t end
                        ) { post([this, end] { on_status_begun(end); }); }}
    ));
}

// Clients hear of it when this server cannot do its job, and when it can again. One that starts
// has some time for that.
void Hub::watch_ability(Now now) {
    if (now.steady < next_look_) return;
    next_look_ = now.steady + kLookEvery;
    bool is_able = true;
    for (const auto& condition : health_.conditions())
        if (condition.name != "serving" && !condition.ok) is_able = false;
    was_able_ = was_able_ || is_able || now.steady >= start_until_;
    if (was_able_) switchboard_.on_ability(is_able, now);
}

// After every task: send what is due, hand it over, ask what is to be asked, sleep until the next.
void Hub::finish_task() {
    heartbeat_->beat();
    const auto now = clock_now();
    watch_ability(now);
    switchboard_.settle(now);
    auto out = switchboard_.take_output();
    simulations_.settle(now, out);
    meters_.add(out.counts);
    meters_.channels.Set(static_cast<double>(switchboard_.channels()));
    meters_.recent_bytes.Set(static_cast<double>(switchboard_.recent().bytes()));
    if (!out.deliveries.empty() || !out.closings.empty())
        hand_over_(std::move(out.deliveries), std::move(out.closings));
    if (out.survey) look_around_(*out.survey);
    for (auto& ask : out.asks)
        questions_->ask(std::move(ask));

    const auto due = std::min(switchboard_.due(), simulations_.due());
    if (due == timer_at_) return;
    timer_at_ = due;
    timer_.expires_at(due);
    timer_.async_wait([this](boost::system::error_code error) {
        if (error) return;
        timer_at_ = Instant::max();
        finish_task();
    });
}

}  // namespace duel::wsserver
