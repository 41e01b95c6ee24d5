#pragma once

#include "tests/unit/projector/rules/reference/ticks.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>

// The rows of a market shard worked out again, slowly: in numbers of any size, sharing no code with
// projector/rules.
namespace duel::projector::reference {

class MarketReference {
public:
    // What becomes of the record: "applied" or the code of its refusal.
    std::string take(const Event& event, Timestamp log_time) {
        ++rows_.seq;
        if (time_of(event) > log_time + minutes{1}) return "INVALID_FIELD";
        if (const auto* price = std::get_if<Price>(&event)) {
            if (!has_room(*price)) return "INVALID_FIELD";
            move_now(price->timestamp);
            on(*price);
        } else if (const auto* token = std::get_if<Token>(&event)) {
            move_now(token->timestamp);
            rows_.write(
                "tokens",
                token->symbol,
                cells(token->decimals, token->name, token->image_url, token->supply)
            );
        }
        return "applied";
    }

    Tables& tables() { return rows_.tables; }
    std::optional<Timestamp> now() const { return now_; }

private:
    // A size must not take the volume of a candle to 10^20.
    bool has_room(const Price& price) {
        if (!price.size) return true;
        for (const auto& [name, length] : kLengths) {
            const Timestamp opened_at = opening(price.timestamp, length);
            Whole volume = exact(*price.size);
            for (const Tick& tick : ticks_[price.symbol]) {
                if (tick.size && opening(tick.at, length) == opened_at) volume += *tick.size;
            }
            if (!fits(volume)) return false;
        }
        return true;
    }

    // Windows move with the minutes.
    void move_now(Timestamp time) {
        if (now_ && time <= *now_) return;
        const auto before = std::exchange(now_, time);
        if (!before || minute(*before) == minute(time)) return;
        for (const auto& [symbol, ticks] : ticks_) {
            if (ticks.empty()) continue;
            const std::string price = price_row(ticks, time);
            if (price != price_row(ticks, *before)) rows_.write("prices", symbol, price);
            if (!is_sized(ticks)) continue;
            const std::string mood = mood_row(ticks, time);
            if (mood != mood_row(ticks, *before)) rows_.write("market_sentiment", symbol, mood);
        }
    }

    void on(const Price& price) {
        Ticks& ticks = ticks_[price.symbol];
        std::optional<Whole> size;
        if (price.size) size = exact(*price.size);
        ticks.push_back({price.timestamp, exact(price.price), size, price.side, *now_});
        for (const auto& [name, length] : kLengths) {
            const Timestamp opened_at = opening(price.timestamp, length);
            rows_.write(
                "candles",
                cells(price.symbol, std::string{name}, opened_at),
                candle_row(ticks, opened_at, length)
            );
        }
        rows_.write("prices", price.symbol, price_row(ticks, *now_));
        if (size) rows_.write("market_sentiment", price.symbol, mood_row(ticks, *now_));
    }

    Rows rows_;
    std::map<std::string, Ticks> ticks_;
    std::optional<Timestamp> now_;
};

}  // namespace duel::projector::reference
