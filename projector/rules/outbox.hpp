#pragma once

#include "core/feed.hpp"
#include "projector/rules/state.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace duel::projector {

// Turns what a state's tables list as changed into records of the feed.
//
// The rows are the only source, so what a crash left untold is told by reading those rows back.
// Events come first, in the order of their seq; states follow and carry the seq at the batch's end.
class Outbox {
public:
    using Send = std::function<void(std::string_view key, std::string_view record)>;

    Outbox(std::string epoch, std::string shard_name);

    void tell(const ContestState& state, const Send& send);
    void tell(const MarketState& state, const Send& send);

private:
    void tell_trade(const TradeRow& row, const Send& send);
    void tell_membership(const MembershipRow& row, const Send& send);
    void tell_contests(const ContestState& state, const Send& send);
    void tell_leaderboards(const ContestState& state, const Send& send);
    void tell_portfolios(const ContestState& state, const Send& send);

    // What is sent next is about that.
    void on_contest(const Contest& contest);
    void on_portfolio(const Portfolio& portfolio);
    template <class B>
    void send_event(std::int64_t seq, std::int64_t prev_seq, const B& body, const Send& send);
    template <class B>
    void send_state(std::int64_t seq, const B& body, const Send& send);

    feed::Head head_;
    std::string buffer_;
    // Used again for every record, so that their texts find room.
    feed::Trade trade_;
    feed::Activity activity_;
    feed::Portfolio portfolio_;
};

}  // namespace duel::projector
