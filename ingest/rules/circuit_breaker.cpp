#include "ingest/rules/circuit_breaker.hpp"

#include <algorithm>

namespace duel::ingest {

CircuitBreaker::CircuitBreaker(Settings settings, Now now)
    : settings_{settings}, next_try_{now}, last_good_{now} {}

bool CircuitBreaker::may_connect(Now now) {
    if (is_connected_ || now < next_try_) return false;
    if (state_ == Breaker::open) enter(Breaker::half_open);
    return true;
}

void CircuitBreaker::on_connecting(Now now) {
    is_connected_ = true;
    last_good_ = now;
}

void CircuitBreaker::on_disconnected() {
    is_connected_ = false;
}

void CircuitBreaker::on_good(Now now) {
    last_good_ = now;
    if (state_ == Breaker::open || good_in_a_row_ >= settings_.good_messages) return;
    if (++good_in_a_row_ < settings_.good_messages) return;
    failures_ = 0;
    if (state_ != Breaker::half_open) return;
    trips_ = 0;
    enter(Breaker::closed);
}

void CircuitBreaker::on_failure(Now now, std::uint64_t random, std::string why) {
    if (state_ == Breaker::open) return;  // what still comes of the connection that it ended
    last_error_ = std::move(why);
    ++failures_;
    good_in_a_row_ = 0;
    if (state_ == Breaker::half_open || failures_ >= settings_.failures)
        open(now, random);
    else
        next_try_ = now + draw(failures_ - 1, random);
}

bool CircuitBreaker::on_silence(Now now, std::uint64_t random, std::string_view what) {
    if (state_ == Breaker::open || !is_connected_ || now - last_good_ < settings_.silence)
        return false;
    const auto silence = std::chrono::duration_cast<Wait>(now - last_good_);
    last_error_ = std::string{what} + " for " + std::to_string(silence.count()) + " ms";
    ++failures_;
    open(now, random);
    return true;
}

void CircuitBreaker::enter(Breaker state) {
    state_ = state;
    good_in_a_row_ = 0;
}

void CircuitBreaker::open(Now now, std::uint64_t random) {
    next_try_ = now + draw(trips_, random);
    ++trips_;
    enter(Breaker::open);
}

CircuitBreaker::Wait CircuitBreaker::draw(std::uint32_t doublings, std::uint64_t random) const {
    constexpr std::uint32_t kMostDoublings = 20;  // past any sensible cap, before any overflow
    const auto doubled = settings_.base * (std::int64_t{1} << std::min(doublings, kMostDoublings));
    const auto longest = std::min<Wait>(settings_.cap, doubled);
    return Wait{
        static_cast<std::int64_t>(random % (static_cast<std::uint64_t>(longest.count()) + 1))};
}

}  // namespace duel::ingest
