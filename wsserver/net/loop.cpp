#include "wsserver/net/loop.hpp"

#include "wsserver/io/hub.hpp"
#include "wsserver/net/arrival.hpp"
#include "wsserver/net/session.hpp"

#include <algorithm>

namespace duel::wsserver {
namespace {

constexpr ConnectionId make_id(unsigned loop, std::uint32_t slot, std::uint32_t generation) {
    return ConnectionId{loop} << 56 | ConnectionId{slot} << 32 | generation;
}

constexpr std::uint32_t slot_of(ConnectionId who) {
    return static_cast<std::uint32_t>(who >> 32) & 0xFF'FFFF;
}

}  // namespace

Loop::Loop(unsigned number, Service& service)
    : number_(number),
      service_(service),
      work_(context_.get_executor()),
      timer_(context_),
      inbound_(TlsSocket::kRecordBytes),
      tally_(service.meters),
      delay_(service.meters.loop_delay(number)) {
    outbound_.reserve(TlsSocket::kRecordBytes);
}

Loop::~Loop() {
    stop();
}

void Loop::stop() {
    context_.stop();
    if (thread_.joinable()) thread_.join();
}

void Loop::start(const std::shared_ptr<platform::Heartbeat>& heartbeat) {
    heartbeat_ = heartbeat;
    post([this] { tick(); });
    thread_ = std::thread{[this] { context_.run(); }};
}

void Loop::receive(boost::asio::ip::tcp::socket socket) {
    const auto arrival = std::make_shared<Arrival>(*this, std::move(socket));
    arrivals_.insert(arrival);
    arrival->start();
}

void Loop::forget(const std::shared_ptr<Arrival>& arrival) {
    arrivals_.erase(arrival);
}

ConnectionId Loop::add(std::shared_ptr<Session> session) {
    if (free_slots_.empty()) {
        free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
        slots_.emplace_back();
    }
    const auto number = free_slots_.back();
    free_slots_.pop_back();
    auto& slot = slots_[number];
    slot.session = std::move(session);
    return make_id(number_, number, ++slot.generation);
}

void Loop::remove(ConnectionId who) {
    if (find(who) == nullptr) return;
    slots_[slot_of(who)].session.reset();
    free_slots_.push_back(slot_of(who));
}

Session* Loop::find(ConnectionId who) {
    const auto number = slot_of(who);
    if (number >= slots_.size()) return nullptr;
    const auto& slot = slots_[number];
    return slot.generation == static_cast<std::uint32_t>(who) ? slot.session.get() : nullptr;
}

void Loop::hand_over(
    std::vector<Delivery> deliveries,
    const std::vector<Closing>& closings,
    Instant handed
) {
    for (auto& delivery : deliveries) {
        auto* session = find(delivery.to);
        if (session == nullptr) continue;
        if (session->enqueue({std::move(delivery.message), delivery.report, handed}))
            to_write_.push_back(delivery.to);
    }
    for (const auto who : to_write_)
        if (auto* session = find(who)) session->pump();
    to_write_.clear();
    for (const auto& closing : closings)
        close(closing.who, closing.code, closing.reason);
}

void Loop::close(ConnectionId who, std::uint16_t code, const std::string& reason) {
    if (auto* session = find(who)) session->close(code, reason);
}

void Loop::drain(std::chrono::milliseconds time) {
    const auto now = std::chrono::steady_clock::now();
    std::vector<ConnectionId> all;
    for (const auto& slot : slots_)
        if (slot.session) all.push_back(slot.session->id());
    for (std::size_t i = 0; i < all.size(); ++i) {
        find(all[i])->announce_shutdown();
        leaving_.emplace_back(now + time * (i + 1) / (all.size() + 1), all[i]);
    }
    for (const auto& arrival : std::exchange(arrivals_, {}))
        arrival->abort("shutdown");
}

void Loop::note(LifecycleEvent event) {
    if (events_.size() == kMostEvents) {
        ++lost_events_;
        return;
    }
    event.at =
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    events_.push_back(std::move(event));
}

void Loop::tell_events() {
    if (events_.empty()) return;
    service_.hub.on_lifecycle(std::exchange(events_, {}), std::exchange(lost_events_, 0));
}

Survey Loop::survey(SurveyOf what) const {
    Survey survey{.traffic = tally_.traffic(), .queue_bytes = tally_.queue_bytes()};
    const auto now = std::chrono::steady_clock::now();
    for (const auto& slot : slots_) {
        if (!slot.session) continue;
        ++survey.by_endpoint[slot.session->endpoint().name];
        if (what == SurveyOf::rows) survey.rows.push_back(slot.session->row(now));
    }
    return survey;
}

void Loop::tick() {
    if (heartbeat_) heartbeat_->beat();
    const auto now = std::chrono::steady_clock::now();
    const auto wall = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    // What is late ends itself and leaves the containers, so look at copies.
    for (const auto& arrival : std::vector(arrivals_.begin(), arrivals_.end()))
        arrival->tick(now);
    for (std::size_t i = 0; i < slots_.size(); ++i)
        if (const auto session = slots_[i].session) session->tick(now, wall);
    while (!leaving_.empty() && leaving_.front().first <= now) {
        const auto who = leaving_.front().second;
        leaving_.erase(leaving_.begin());
        if (auto* session = find(who)) session->leave_for_restart();
    }
    const auto late = now - timer_.expiry();
    if (timer_.expiry() != Instant{}) delay_.add(std::chrono::duration<double>{late}.count());
    tally_.hand_on();
    tell_events();
    service_.lines.tell_kept_back(now);
    delay_.hand_on();
    timer_.expires_after(kTick);
    timer_.async_wait([this](boost::system::error_code error) {
        if (!error) tick();
    });
}

}  // namespace duel::wsserver
