#pragma once

// A wallet's portfolio in one contest, or outside all of them: what it holds and what that is
// worth.
//
// PORTFOLIO_UPDATED at most once a second, worked out from the newest marks with the formulas of
// the analysts' views; TRADE_EXECUTED at once; PRICE_UPDATED for symbols that are held, at the pace
// of their markets. A price's channel is announced by SUBSCRIBED before its first message.

#include "wsserver/streams/market_stream.hpp"

#include <map>
#include <set>
#include <string>

namespace duel::wsserver {

class PortfolioStream : public ChannelStream, public PriceListener {
public:
    static constexpr Duration kInterval = std::chrono::seconds{1};
    static constexpr Duration kBaselineEvery = std::chrono::minutes{1};

    using ChannelStream::ChannelStream;
    ~PortfolioStream() override;

    // Symbols whose markets it should listen to: those held, while anybody follows the state.
    std::set<std::string> wanted_markets() const;
    // Whether it listens to those and no others.
    bool has_wanted_markets() const;
    const std::map<std::string, MarketStream*>& markets() const { return markets_; }
    void connect(MarketStream& market, Now now, Output& out);
    void disconnect(const std::string& symbol);

    // The baseline moves with the minutes: whether it is time to ask again, and the answer.
    bool wants_baseline(Now now) const;
    void asked_for_baseline(Now now) { baseline_at_ = now.steady; }
    void take_baseline(const std::optional<Baseline>& baseline, Now now);

    void on_price(const feed::Price& price, const MessagePtr& message, Now now, Output& out)
        override;

protected:
    void replace(const Snapshot& snapshot, Now now) override;
    void apply(const feed::Body& state, Now now, Counts& counts) override;
    void send_changes(Now now, Output& out) override;
    void send_whole(Subscriber& to, Now now, Output& out) override;
    std::optional<Instant> changes_due() const override;
    bool is_whole() const override { return state_seq() >= event_seq(); }

private:
    // The entries of `tokens` by symbol, as JSON, and the scalars.
    struct Worth {
        std::map<std::string, std::string> tokens;
        std::optional<Amount> total;
        Amount performance_24h;
    };

    bool is_state_followed() const;
    Worth worth() const;
    const std::string& name_of(const std::string& symbol) const;
    Amount mark_of(const feed::PositionRow& position) const;
    MessagePtr portfolio_updated(const Worth& worth, std::optional<Mode> mode, Now now) const;
    void
    send_price(Subscriber& to, const std::string& symbol, const MessagePtr& message, Output& out);

    feed::Portfolio portfolio_;                           // without positions
    std::map<std::string, feed::PositionRow> positions_;  // that are not flat
    std::map<std::string, std::string> names_;            // of tokens, as far as they have one
    std::optional<Baseline> baseline_;
    Instant baseline_at_{};
    bool is_final_ = false;
    Pace pace_{kInterval};
    std::map<std::string, MarketStream*> markets_;
    std::map<std::string, std::string> sent_tokens_;  // of the last PORTFOLIO_UPDATED
};

}  // namespace duel::wsserver
