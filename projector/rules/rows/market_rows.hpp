#pragma once

#include "core/amount.hpp"
#include "core/time.hpp"
#include "core/words.hpp"
#include "projector/rules/table.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace duel::projector {

// How long a candle lasts.
enum class Interval { m1, m5, m15, h1, h4, d1 };
inline constexpr std::size_t kIntervals = 6;

constexpr std::chrono::minutes length_of(Interval interval) {
    constexpr std::array<int, kIntervals> kMinutes{1, 5, 15, 60, 240, 1440};
    return std::chrono::minutes{kMinutes[static_cast<std::size_t>(interval)]};
}

// When the candle that a time lies in opened: whole multiples of the interval since 1970.
constexpr Timestamp opening_of(Interval interval, Timestamp at) {
    return at - at.time_since_epoch() % length_of(interval);
}

}  // namespace duel::projector

namespace duel {
template <>
inline constexpr std::array<std::string_view, projector::kIntervals>
    kWords<projector::Interval>{"1m", "5m", "15m", "1h", "4h", "1d"};
}

// The rows of a market shard. What the columns mean: migrations/002_model.sql.
namespace duel::projector {

struct MarketSymbol;

struct PriceRow : Versioned {
    static constexpr std::string_view kTable = "prices";
    static constexpr std::size_t kKeys = 1;

    std::int64_t symbol_no{0};
    Timestamp updated_at;
    Amount price;
    std::optional<Amount> change_24h;
    std::optional<Amount> volume_24h;
    std::optional<Amount> high_24h;
    std::optional<Amount> low_24h;
    const MarketSymbol* owner{nullptr};

    template <class Visit>
    static constexpr auto columns(Visit&& visit) {
        return visit(
            column("symbol_no", &PriceRow::symbol_no),
            column("updated_at", &PriceRow::updated_at),
            column("price", &PriceRow::price),
            column("change_24h", &PriceRow::change_24h),
            column("volume_24h", &PriceRow::volume_24h),
            column("high_24h", &PriceRow::high_24h),
            column("low_24h", &PriceRow::low_24h)
        );
    }
};

struct CandleRow : Versioned {
    static constexpr std::string_view kTable = "candles";
    static constexpr std::size_t kKeys = 3;

    std::int64_t symbol_no{0};
    Interval interval{Interval::m1};
    Timestamp opened_at;
    Timestamp first_at;
    Timestamp last_at;
    std::int64_t trades_count{0};
    std::int32_t revision{0};
    Amount open;
    Amount high;
    Amount low;
    Amount close;
    Amount volume;
    Amount buy_volume;
    Amount sell_volume;
    const MarketSymbol* owner{nullptr};

    Timestamp ends_at() const { return opened_at + length_of(interval); }

    template <class Visit>
    static constexpr auto columns(Visit&& visit) {
        return visit(
            column("symbol_no", &CandleRow::symbol_no),
            column("\"interval\"", &CandleRow::interval),
            column("opened_at", &CandleRow::opened_at),
            column("first_at", &CandleRow::first_at),
            column("last_at", &CandleRow::last_at),
            column("trades_count", &CandleRow::trades_count),
            column("revision", &CandleRow::revision),
            column("open", &CandleRow::open),
            column("high", &CandleRow::high),
            column("low", &CandleRow::low),
            column("close", &CandleRow::close),
            column("volume", &CandleRow::volume),
            column("buy_volume", &CandleRow::buy_volume),
            column("sell_volume", &CandleRow::sell_volume)
        );
    }
};

struct SentimentRow : Versioned {
    static constexpr std::string_view kTable = "market_sentiment";
    static constexpr std::size_t kKeys = 1;

    std::int64_t symbol_no{0};
    Timestamp updated_at;
    VolumeTrend volume_trend{VolumeTrend::stable};
    Amount sentiment_score;
    Amount buy_pressure;
    Amount sell_pressure;
    const MarketSymbol* owner{nullptr};

    template <class Visit>
    static constexpr auto columns(Visit&& visit) {
        return visit(
            column("symbol_no", &SentimentRow::symbol_no),
            column("updated_at", &SentimentRow::updated_at),
            column("volume_trend", &SentimentRow::volume_trend),
            column("sentiment_score", &SentimentRow::sentiment_score),
            column("buy_pressure", &SentimentRow::buy_pressure),
            column("sell_pressure", &SentimentRow::sell_pressure)
        );
    }
};

struct TokenRow : Versioned {
    static constexpr std::string_view kTable = "tokens";
    static constexpr std::size_t kKeys = 1;

    std::int64_t symbol_no{0};
    std::optional<std::int32_t> decimals;
    std::string name;
    std::optional<std::string> image_url;
    std::optional<Amount> supply;

    template <class Visit>
    static constexpr auto columns(Visit&& visit) {
        return visit(
            column("symbol_no", &TokenRow::symbol_no),
            column("decimals", &TokenRow::decimals),
            column("name", &TokenRow::name),
            column("image_url", &TokenRow::image_url),
            column("supply", &TokenRow::supply)
        );
    }
};

}  // namespace duel::projector
