#pragma once

// A symbol: its price, its candles and its sentiment; and PRICE_UPDATED for portfolios that hold
// it.
//
// MARKET_PRICE at most every 100 ms. MARKET_VOLUME per interval at most once a second while a
// candle is open, and once more when it closes. MARKET_SENTIMENT at most once a second. These two
// may go 100 ms early with a price, since a client is written to once for all of them.
//
// At the turn of a minute candles close and sums over time change for all symbols at once. What no
// tick caused goes with what one causes next, or else after a while that differs by symbol and
// grows with the number of connections, so that ticks do not wait behind it.

#include "wsserver/streams/channel_stream.hpp"
#include "wsserver/streams/pace.hpp"

#include <map>
#include <vector>

namespace duel::wsserver {

// Who wants to know what a symbol is worth.
class PriceListener {
public:
    virtual ~PriceListener() = default;
    // `message` is PRICE_UPDATED, made once for all.
    virtual void
    on_price(const feed::Price& price, const MessagePtr& message, Now now, Output& out) = 0;
};

class MarketStream : public ChannelStream {
public:
    static constexpr Duration kPriceInterval = std::chrono::milliseconds{100};
    static constexpr Duration kVolumeInterval = std::chrono::seconds{1};
    static constexpr Duration kSentimentInterval = std::chrono::seconds{1};
    // What may wait, waits at most so long for each other connection, and never beyond kMostSpread.
    static constexpr Duration kSpread = std::chrono::microseconds{100};
    static constexpr Duration kMostSpread = std::chrono::seconds{1};

    MarketStream(Channel channel, Board& board);

    void listen(PriceListener& listener);
    void forget(PriceListener& listener);
    bool is_needed() const { return !listeners_.empty() || !subscribers().empty(); }

    const std::optional<feed::Price>& price() const { return price_; }
    // The token's name, or the symbol where it has none.
    const std::string& token_name() const { return name_.empty() ? channel().name : name_; }
    // PRICE_UPDATED as things stand; nothing before the first price.
    MessagePtr price_updated() const;
    // SUBSCRIBED for those who only see its prices.
    MessagePtr announcement() const;

protected:
    void replace(const Snapshot& snapshot, Now now) override;
    void apply(const feed::Body& state, Now now, Counts& counts) override;
    void send_changes(Now now, Output& out) override;
    void send_whole(Subscriber& to, Now now, Output& out) override;
    std::optional<Instant> changes_due() const override;

private:
    struct Candle {
        feed::Volume newest;
        Pace pace{kVolumeInterval, kPriceInterval};
    };

    MessagePtr market_price() const;
    MessagePtr market_volume(const feed::Volume& candle) const;
    MessagePtr market_sentiment() const;
    void send_volume(const feed::Volume& candle, Instant since, Output& out);
    Duration delay() const;

    unsigned turn_;  // of 1,024: how late among all symbols
    std::string name_;
    std::optional<feed::Price> price_;
    Pace price_pace_{kPriceInterval};
    std::map<std::string, Candle> candles_;                 // by interval
    std::vector<std::pair<feed::Volume, Instant>> closed_;  // since then, not yet sent
    Instant closed_due_{};
    std::optional<feed::Sentiment> sentiment_;
    Pace sentiment_pace_{kSentimentInterval, kPriceInterval};
    std::vector<PriceListener*> listeners_;
};

}  // namespace duel::wsserver
