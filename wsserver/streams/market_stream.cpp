#include "wsserver/streams/market_stream.hpp"

#include <algorithm>

namespace duel::wsserver {
namespace {

bool wants(const Subscriber& subscriber, const std::string& interval) {
    const auto& intervals = subscriber.options.intervals;
    return std::find(intervals.begin(), intervals.end(), interval) != intervals.end();
}

std::optional<Instant> earlier(std::optional<Instant> a, std::optional<Instant> b) {
    return a && b ? std::min(*a, *b) : a ? a : b;
}

}  // namespace

MarketStream::MarketStream(Channel channel, Board& board)
    : ChannelStream(std::move(channel), board),
      turn_(std::hash<std::string>{}(this->channel().name) % 1'024) {}

Duration MarketStream::delay() const {
    const auto others = static_cast<Duration::rep>(std::max<std::size_t>(connections(), 1) - 1);
    return std::min(kMostSpread, kSpread * others) * turn_ / 1'024;
}

void MarketStream::listen(PriceListener& listener) {
    listeners_.push_back(&listener);
}

void MarketStream::forget(PriceListener& listener) {
    std::erase(listeners_, &listener);
}

void MarketStream::replace(const Snapshot& snapshot, Now now) {
    const auto& rows = std::get<MarketRows>(*snapshot.rows);
    name_ = rows.name;
    price_ = rows.price;
    sentiment_ = rows.sentiment;
    candles_.clear();
    closed_.clear();
    for (const auto& candle : rows.volumes)
        candles_[candle.interval].newest = candle;
    if (price_ && !listeners_.empty()) price_pace_.change(now.steady);
}

void MarketStream::apply(const feed::Body& state, Now now, Counts& counts) {
    const auto count = [&](bool replaced) {
        if (replaced) ++counts.conflated;
    };
    if (const auto* price = std::get_if<feed::Price>(&state)) {
        const bool is_tick = !price_ || price_->at != price->at || price_->price != price->price;
        price_ = *price;
        count(price_pace_.change(now.steady, is_tick ? Duration{} : delay()));
    } else if (const auto* volume = std::get_if<feed::Volume>(&state)) {
        auto& candle = candles_[volume->interval];
        candle.newest = *volume;
        if (volume->closed) {
            if (closed_.empty()) closed_due_ = now.steady + delay();
            closed_.emplace_back(*volume, now.steady);
            candle.pace = Candle{}.pace;
        } else {
            count(candle.pace.change(now.steady));
        }
    } else if (const auto* sentiment = std::get_if<feed::Sentiment>(&state)) {
        sentiment_ = *sentiment;
        const bool is_tick =
            sentiment->at.time_since_epoch() % std::chrono::minutes{1} != Duration{};
        count(sentiment_pace_.change(now.steady, is_tick ? Duration{} : delay()));
    }
}

std::optional<Instant> MarketStream::changes_due() const {
    auto due = earlier(price_pace_.due(), sentiment_pace_.due());
    if (!closed_.empty()) due = earlier(due, closed_due_);
    for (const auto& [interval, candle] : candles_)
        due = earlier(due, candle.pace.due());
    return due;
}

void MarketStream::send_changes(Now now, Output& out) {
    if (price_pace_.may_go(now.steady)) {
        price_pace_.sent(now.steady);
        if (!subscribers().empty()) {
            const auto message = market_price();
            for_current(out, [&](Subscriber& to) { deliver(to, message, out); });
        }
        if (!listeners_.empty()) {
            const auto message = price_updated();
            for (auto* listener : listeners_)
                listener->on_price(*price_, message, now, out);
        }
    }
    for (const auto& [candle, since] : std::exchange(closed_, {}))
        send_volume(candle, since, out);
    for (auto& [interval, candle] : candles_) {
        if (!candle.pace.may_go(now.steady)) continue;
        candle.pace.sent(now.steady);
        send_volume(candle.newest, now.steady, out);
    }
    if (sentiment_pace_.may_go(now.steady)) {
        sentiment_pace_.sent(now.steady);
        const auto message = market_sentiment();
        for_current(out, [&](Subscriber& to) { deliver(to, message, out); });
    }
}

// Whoever came after that was shown what is newer.
void MarketStream::send_volume(const feed::Volume& candle, Instant since, Output& out) {
    MessagePtr message;
    for_current(out, [&](Subscriber& to) {
        if (to.waits_since > since || !wants(to, candle.interval)) return;
        if (!message) message = market_volume(candle);
        deliver(to, message, out);
    });
}

void MarketStream::send_whole(Subscriber& to, Now now, Output& out) {
    if (price_) {
        price_pace_.hold(now.steady);
        deliver(to, market_price(), out);
    }
    for (const auto& interval : to.options.intervals)
        if (const auto candle = candles_.find(interval); candle != candles_.end())
            deliver(to, market_volume(candle->second.newest), out);
    if (sentiment_) deliver(to, market_sentiment(), out);
}

MessagePtr MarketStream::market_price() const {
    Envelope envelope{"MARKET_PRICE", place()};
    envelope.data()
        .field("symbol", price_->symbol)
        .field("price", price_->price)
        .field("change_24h", price_->change_24h)
        .field("volume_24h", price_->volume_24h)
        .field("high_24h", price_->high_24h)
        .field("low_24h", price_->low_24h)
        .field("timestamp", price_->at);
    return envelope.finish(logged_at_ms());
}

MessagePtr MarketStream::price_updated() const {
    if (!price_) return nullptr;
    Envelope envelope{"PRICE_UPDATED", place()};
    envelope.data()
        .field("symbol", price_->symbol)
        .field("price", price_->price)
        .field("change_24h", price_->change_24h)
        .field("timestamp", price_->at);
    return envelope.finish(logged_at_ms());
}

MessagePtr MarketStream::announcement() const {
    Envelope envelope{"SUBSCRIBED", place()};
    envelope.beside().field("recovery", text(Recovery::none));
    return envelope.finish(0);
}

MessagePtr MarketStream::market_volume(const feed::Volume& candle) const {
    Envelope envelope{"MARKET_VOLUME", place()};
    envelope.data()
        .field("symbol", candle.symbol)
        .field("volume", candle.volume)
        .field("trades_count", candle.trades_count)
        .field("buy_volume", candle.buy_volume)
        .field("sell_volume", candle.sell_volume)
        .field("interval", candle.interval)
        .field("timestamp", candle.opened_at);
    return envelope.finish(logged_at_ms());
}

MessagePtr MarketStream::market_sentiment() const {
    Envelope envelope{"MARKET_SENTIMENT", place()};
    envelope.data()
        .field("symbol", sentiment_->symbol)
        .field("sentiment_score", sentiment_->sentiment_score)
        .field("buy_pressure", sentiment_->buy_pressure)
        .field("sell_pressure", sentiment_->sell_pressure)
        .field("volume_trend", sentiment_->volume_trend)
        .field("timestamp", sentiment_->at);
    return envelope.finish(logged_at_ms());
}

}  // namespace duel::wsserver
