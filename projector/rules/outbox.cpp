#include "projector/rules/outbox.hpp"

#include "core/channel.hpp"

#include <algorithm>
#include <vector>

namespace duel::projector {
namespace {

std::string contest_channel(const Contest& contest) {
    return Channel::contest(contest.row.contest_id).key();
}

std::string portfolio_channel(const Portfolio& portfolio) {
    return Channel::portfolio(
               portfolio.wallet->row.wallet_address,
               portfolio.contest != nullptr ? portfolio.contest->row.contest_id : std::string{}
    )
        .key();
}

std::optional<std::string> contest_id_of(const Portfolio& portfolio) {
    if (portfolio.contest == nullptr) return std::nullopt;
    return portfolio.contest->row.contest_id;
}

Side side_of(const TradeRow& row) {
    return row.side > 0 ? Side::buy : Side::sell;
}

template <class Number>
std::optional<std::int64_t> widen(const std::optional<Number>& number) {
    if (!number) return std::nullopt;
    return *number;
}

feed::LeaderboardRow line_of(const LeaderboardRow& row) {
    return {
        .rank = row.rank,
        .wallet_address = row.owner->wallet->row.wallet_address,
        .username = row.owner->participant.username,
        .portfolio_value = row.portfolio_value,
        .performance = row.performance.value_or(Amount{}),
        .last_trade_time = row.last_trade_time};
}

feed::Volume volume_of(const CandleRow& candle, bool is_closed) {
    return {
        .symbol = candle.owner->row.symbol,
        .interval = std::string{text(candle.interval)},
        .opened_at = candle.opened_at,
        .open = candle.open,
        .high = candle.high,
        .low = candle.low,
        .close = candle.close,
        .volume = candle.volume,
        .buy_volume = candle.buy_volume,
        .sell_volume = candle.sell_volume,
        .trades_count = candle.trades_count,
        .closed = is_closed};
}

}  // namespace

Outbox::Outbox(std::string epoch, std::string shard_name) {
    head_.epoch = std::move(epoch);
    head_.shard = std::move(shard_name);
}

void Outbox::tell(const ContestState& state, const Send& send) {
    const auto& trades = state.get<TradeProjection>().trades.rows();
    const auto& membership = state.get<ParticipantProjection>().membership.rows();
    auto trade = trades.begin();
    auto member = membership.begin();
    while (trade != trades.end() || member != membership.end()) {
        const bool member_first =
            trade == trades.end() || (member != membership.end() && member->seq < trade->seq);
        if (member_first)
            tell_membership(*member++, send);
        else
            tell_trade(*trade++, send);
    }
    tell_contests(state, send);
    tell_leaderboards(state, send);
    tell_portfolios(state, send);
}

void Outbox::tell_trade(const TradeRow& row, const Send& send) {
    const Portfolio& portfolio = *row.portfolio;
    const std::string& wallet = portfolio.wallet->row.wallet_address;
    send_event(
        portfolio_channel(portfolio),
        row.seq,
        row.prev_seq,
        feed::Trade{
            .trade_id = row.trade_id,
            .wallet_address = wallet,
            .contest_id = contest_id_of(portfolio),
            .symbol = row.symbol->row.symbol,
            .side = side_of(row),
            .amount = row.amount,
            .price = row.price,
            .fee = row.fee,
            .realized_pnl = row.realized_pnl,
            .at = row.traded_at},
        send
    );
    if (portfolio.contest == nullptr) return;
    send_event(
        contest_channel(*portfolio.contest),
        row.seq,
        row.activity_prev_seq,
        feed::Activity{
            .contest_id = portfolio.contest->row.contest_id,
            .wallet_address = wallet,
            .username = portfolio.participant.username,
            .activity_type = ActivityType::trade,
            .symbol = row.symbol->row.symbol,
            .side = side_of(row),
            .amount = row.amount,
            .price = row.price,
            .at = row.traded_at},
        send
    );
}

void Outbox::tell_membership(const MembershipRow& row, const Send& send) {
    const Contest& contest = *row.portfolio->contest;
    send_event(
        contest_channel(contest),
        row.seq,
        row.prev_seq,
        feed::Activity{
            .contest_id = contest.row.contest_id,
            .wallet_address = row.portfolio->wallet->row.wallet_address,
            .username = row.username,
            .activity_type = row.kind > 0 ? ActivityType::join : ActivityType::leave,
            .symbol = {},
            .side = {},
            .amount = {},
            .price = {},
            .at = row.at},
        send
    );
}

void Outbox::tell_contests(const ContestState& state, const Send& send) {
    for (const ContestRow* row : state.book.changed.contests.touched()) {
        if (!row->owner->news) continue;
        send_state(
            contest_channel(*row->owner),
            state.seq,
            feed::Contest{
                .contest_id = row->contest_id,
                .name = row->name,
                .status = row->status,
                .rounds = widen(row->rounds),
                .current_round = widen(row->current_round),
                .total_participants = row->total_participants,
                .prize_pool = row->prize_pool,
                .starts_at = row->starts_at,
                .ends_at = row->ends_at,
                .now = *state.book.now},
            send
        );
    }
}

void Outbox::tell_leaderboards(const ContestState& state, const Send& send) {
    std::vector<const LeaderboardRow*> changed{
        state.get<LeaderboardProjection>().leaderboard.touched().begin(),
        state.get<LeaderboardProjection>().leaderboard.touched().end()};
    std::ranges::stable_sort(changed, {}, [](const LeaderboardRow* row) {
        return std::tuple{row->contest_no, row->erased, row->rank};
    });
    for (std::size_t i = 0; i < changed.size();) {
        const Contest& contest = *changed[i]->owner->contest;
        feed::Leaderboard part{contest.row.contest_id, {}, {}, {}, false};
        std::size_t entries = 0;
        while (i < changed.size() && changed[i]->owner->contest == &contest &&
               entries < feed::Leaderboard::kMaxRows) {
            const LeaderboardRow& row = *changed[i++];
            part.ranked_at = std::max(part.ranked_at, row.ranked_at);
            if (row.erased)
                part.removed.push_back(row.owner->wallet->row.wallet_address);
            else
                part.rows.push_back(line_of(row));
            ++entries;
        }
        part.more = i < changed.size() && changed[i]->owner->contest == &contest;
        send_state(contest_channel(contest), state.seq, part, send);
    }
}

void Outbox::tell_portfolios(const ContestState& state, const Send& send) {
    for (const PortfolioRow* row : state.book.changed.portfolios.touched()) {
        const Portfolio& portfolio = *row->owner;
        feed::Portfolio body{
            .wallet_address = portfolio.wallet->row.wallet_address,
            .contest_id = contest_id_of(portfolio),
            .cash = row->cash,
            .put_in = row->put_in,
            .realized_pnl = row->realized_pnl,
            .fees = row->fees,
            .last_trade_at = row->last_trade_at,
            .positions = {}};
        for (const Position* held : portfolio.positions) {
            if (!held->row.touched) continue;
            body.positions.push_back(
                {held->symbol->row.symbol,
                 held->row.quantity,
                 held->row.cost,
                 held->symbol->mark.price}
            );
        }
        send_state(portfolio_channel(portfolio), state.seq, body, send);
    }
}

void Outbox::tell(const MarketState& state, const Send& send) {
    const auto channel = [](const MarketSymbol& symbol) {
        return Channel::market(symbol.row.symbol).key();
    };
    for (const PriceRow* row : state.get<PriceProjection>().prices.touched()) {
        if (!row->volume_24h || !row->high_24h || !row->low_24h) continue;
        send_state(
            channel(*row->owner),
            state.seq,
            feed::Price{
                .symbol = row->owner->row.symbol,
                .price = row->price,
                .change_24h = row->change_24h,
                .volume_24h = *row->volume_24h,
                .high_24h = *row->high_24h,
                .low_24h = *row->low_24h,
                .at = row->updated_at},
            send
        );
    }
    for (const CandleRow& candle : state.get<CandleProjection>().closed.rows())
        send_state(channel(*candle.owner), state.seq, volume_of(candle, true), send);
    for (const CandleRow* candle : state.get<CandleProjection>().candles.touched()) {
        if (candle->interval != Interval::m1 || candle != candle->owner->newest[0]) continue;
        const bool is_closed = *state.book.now >= candle->opened_at + length_of(Interval::m1);
        send_state(channel(*candle->owner), state.seq, volume_of(*candle, is_closed), send);
    }
    for (const SentimentRow* row : state.get<SentimentProjection>().sentiment.touched()) {
        send_state(
            channel(*row->owner),
            state.seq,
            feed::Sentiment{
                .symbol = row->owner->row.symbol,
                .sentiment_score = row->sentiment_score,
                .buy_pressure = row->buy_pressure,
                .sell_pressure = row->sell_pressure,
                .volume_trend = row->volume_trend,
                .at = row->updated_at},
            send
        );
    }
}

void Outbox::send_event(
    const std::string& channel,
    std::int64_t seq,
    std::int64_t prev_seq,
    const feed::Body& body,
    const Send& send
) {
    head_.prev_seq = static_cast<std::uint64_t>(prev_seq);
    send_state(channel, seq, body, send);
    head_.prev_seq.reset();
}

void Outbox::send_state(
    const std::string& channel,
    std::int64_t seq,
    const feed::Body& body,
    const Send& send
) {
    head_.channel = channel;
    head_.seq = static_cast<std::uint64_t>(seq);
    buffer_.clear();
    feed::encode(head_, body, buffer_);
    send(channel, buffer_);
}

}  // namespace duel::projector
