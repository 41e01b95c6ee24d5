#pragma once

#include "core/amount.hpp"
#include "core/feed/kind.hpp"
#include "core/fields.hpp"
#include "core/time.hpp"
#include "core/words.hpp"

#include <cstdint>
#include <optional>
#include <string>

// What the feed says of a symbol.
namespace duel::feed {

// Latest price of a symbol and its last 24 hours.
struct Price {
    static constexpr std::string_view kType = "price";
    static constexpr Kind kKind = Kind::state;

    std::string symbol{};
    Amount price{};
    std::optional<Amount> change_24h{};  // percent
    Amount volume_24h{};
    Amount high_24h{};
    Amount low_24h{};
    Timestamp at{};

    static constexpr auto fields() {
        return std::tuple{
            field("symbol", &Price::symbol, kAnyText),
            field("price", &Price::price, AmountRule::any),
            field("change_24h", &Price::change_24h, AmountRule::any),
            field("volume_24h", &Price::volume_24h, AmountRule::any),
            field("high_24h", &Price::high_24h, AmountRule::any),
            field("low_24h", &Price::low_24h, AmountRule::any),
            field("at", &Price::at),
        };
    }
    bool operator==(const Price&) const = default;
};

// A candle, while it is open and once more when it closes.
struct Volume {
    static constexpr std::string_view kType = "volume";
    static constexpr Kind kKind = Kind::state;

    std::string symbol{};
    std::string interval{};  // "1m"
    Timestamp opened_at{};
    Amount open{};
    Amount high{};
    Amount low{};
    Amount close{};
    Amount volume{};  // units of the symbol
    Amount buy_volume{};
    Amount sell_volume{};
    std::int64_t trades_count{0};
    bool closed{false};

    static constexpr auto fields() {
        return std::tuple{
            field("symbol", &Volume::symbol, kAnyText),
            field("interval", &Volume::interval, kAnyText),
            field("opened_at", &Volume::opened_at),
            field("open", &Volume::open, AmountRule::any),
            field("high", &Volume::high, AmountRule::any),
            field("low", &Volume::low, AmountRule::any),
            field("close", &Volume::close, AmountRule::any),
            field("volume", &Volume::volume, AmountRule::any),
            field("buy_volume", &Volume::buy_volume, AmountRule::any),
            field("sell_volume", &Volume::sell_volume, AmountRule::any),
            field("trades_count", &Volume::trades_count, kAnyWhole),
            field("closed", &Volume::closed),
        };
    }
    bool operator==(const Volume&) const = default;
};

// Who pushed the market over the last hour.
struct Sentiment {
    static constexpr std::string_view kType = "sentiment";
    static constexpr Kind kKind = Kind::state;

    std::string symbol{};
    Amount sentiment_score{};  // -1 to 1
    Amount buy_pressure{};     // 0 to 1
    Amount sell_pressure{};    // 0 to 1
    VolumeTrend volume_trend{VolumeTrend::stable};
    Timestamp at{};

    static constexpr auto fields() {
        return std::tuple{
            field("symbol", &Sentiment::symbol, kAnyText),
            field("sentiment_score", &Sentiment::sentiment_score, AmountRule::any),
            field("buy_pressure", &Sentiment::buy_pressure, AmountRule::any),
            field("sell_pressure", &Sentiment::sell_pressure, AmountRule::any),
            field("volume_trend", &Sentiment::volume_trend),
            field("at", &Sentiment::at),
        };
    }
    bool operator==(const Sentiment&) const = default;
};

}  // namespace duel::feed
