#include "bench/deliveries.hpp"

namespace duel::bench {
namespace {

constexpr Int128 kStep = Amount::kUnitsPerOne / 1'000'000;
constexpr Int128 kFirst = Amount::kUnitsPerOne * 100;

}  // namespace

Amount Deliveries::price_of(std::size_t number) {
    return Amount::from_units(kFirst + kStep * static_cast<Int128>(number));
}

std::optional<std::size_t> Deliveries::number_in(std::string_view message) const {
    constexpr std::string_view kKey = "\"price\":";
    const auto at = message.find(kKey);
    if (at == std::string_view::npos) return std::nullopt;
    const auto digits = message.substr(at + kKey.size());
    const auto price = Amount::parse(digits.substr(0, digits.find_first_of(",}")));
    if (!price || price->units() < kFirst || (price->units() - kFirst) % kStep != 0) {
        return std::nullopt;
    }
    const auto number = static_cast<std::size_t>((price->units() - kFirst) / kStep);
    return number < due_.size() ? std::optional{number} : std::nullopt;
}

void Deliveries::stamp(std::size_t number, Clock::time_point due) {
    due_[number].store(due.time_since_epoch().count(), std::memory_order_release);
}

void Deliveries::receive(std::size_t number, Clock::time_point now) {
    const auto due = due_[number].load(std::memory_order_acquire);
    if (due == 0 || number < warm_up_) return;  // 0: a price of the market before this run
    ++received_;
    const Clock::duration late = now.time_since_epoch() - Clock::duration{due};
    milliseconds_.push_back(std::chrono::duration<double, std::milli>{late}.count());
}

}  // namespace duel::bench
