#include "projector/rules/outbox.hpp"

#include "core/channel.hpp"

#include <algorithm>
#include <vector>

namespace duel::projector {
namespace {

void set_contest_id(std::optional<std::string>& out, const Portfolio& portfolio) {
    if (portfolio.contest == nullptr)
        out.reset();
    else
        out = portfolio.contest->row.contest_id;
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

template <class B>
void Outbox::send_event(std::int64_t seq, std::int64_t prev_seq, const B& body, const Send& send) {
    head_.prev_seq = static_cast<std::uint64_t>(prev_seq);
    send_state(seq, body, send);
    head_.prev_seq.reset();
}

template <class B>
void Outbox::send_state(std::int64_t seq, const B& body, const Send& send) {
    head_.seq = static_cast<std::uint64_t>(seq);
    buffer_.clear();
    feed::encode_body(head_, body, buffer_);
    send(head_.channel, buffer_);
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
    trade_.trade_id = row.trade_id;
    trade_.wallet_address = portfolio.wallet->row.wallet_address;
    set_contest_id(trade_.contest_id, portfolio);
    trade_.symbol = row.symbol->row.symbol;
    trade_.side = side_of(row);
    trade_.amount = row.amount;
    trade_.price = row.price;
    trade_.fee = row.fee;
    trade_.realized_pnl = row.realized_pnl;
    trade_.at = row.traded_at;
    on_portfolio(portfolio);
    send_event(row.seq, row.prev_seq, trade_, send);

    if (portfolio.contest == nullptr) return;
    activity_.contest_id = portfolio.contest->row.contest_id;
    activity_.wallet_address = trade_.wallet_address;
    activity_.username = portfolio.participant.username;
    activity_.activity_type = ActivityType::trade;
    activity_.symbol = trade_.symbol;
    activity_.side = trade_.side;
    activity_.amount = trade_.amount;
    activity_.price = trade_.price;
    activity_.at = trade_.at;
    on_contest(*portfolio.contest);
    send_event(row.seq, row.activity_prev_seq, activity_, send);
}

void Outbox::tell_membership(const MembershipRow& row, const Send& send) {
    const Contest& contest = *row.portfolio->contest;
    on_contest(contest);
    send_event(
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
        on_contest(*row->owner);
        send_state(
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
        on_contest(contest);
        send_state(state.seq, part, send);
    }
}

void Outbox::tell_portfolios(const ContestState& state, const Send& send) {
    for (const PortfolioRow* row : state.book.changed.portfolios.touched()) {
        const Portfolio& portfolio = *row->owner;
        portfolio_.wallet_address = portfolio.wallet->row.wallet_address;
        set_contest_id(portfolio_.contest_id, portfolio);
        portfolio_.cash = row->cash;
        portfolio_.put_in = row->put_in;
        portfolio_.realized_pnl = row->realized_pnl;
        portfolio_.fees = row->fees;
        portfolio_.last_trade_at = row->last_trade_at;
        portfolio_.positions.clear();
        for (const Position* held : portfolio.positions) {
            if (!held->row.touched) continue;
            portfolio_.positions.push_back(
                {held->symbol->row.symbol,
                 held->row.quantity,
                 held->row.cost,
                 held->symbol->mark.price}
            );
        }
        on_portfolio(portfolio);
        send_state(state.seq, portfolio_, send);
    }
}

void Outbox::tell(const MarketState& state, const Send& send) {
    const auto on = [this](const MarketSymbol& symbol) {
        head_.channel = Channel::market(symbol.row.symbol).key();
    };
    for (const PriceRow* row : state.get<PriceProjection>().prices.touched()) {
        if (!row->volume_24h || !row->high_24h || !row->low_24h) continue;
        on(*row->owner);
        send_state(
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
    for (const CandleRow& candle : state.get<CandleProjection>().closed.rows()) {
        on(*candle.owner);
        send_state(state.seq, volume_of(candle, true), send);
    }
    for (const CandleRow* candle : state.get<CandleProjection>().candles.touched()) {
        if (candle != candle->owner->newest[static_cast<std::size_t>(candle->interval)]) continue;
        on(*candle->owner);
        send_state(state.seq, volume_of(*candle, candle->ends_at() <= *state.book.now), send);
    }
    for (const SentimentRow* row : state.get<SentimentProjection>().sentiment.touched()) {
        on(*row->owner);
        send_state(
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

void Outbox::on_contest(const Contest& contest) {
    head_.channel.clear();
    Channel::append_contest_key(head_.channel, contest.row.contest_id);
}

void Outbox::on_portfolio(const Portfolio& portfolio) {
    head_.channel.clear();
    Channel::append_portfolio_key(
        head_.channel,
        portfolio.wallet->row.wallet_address,
        portfolio.contest != nullptr ? std::string_view{portfolio.contest->row.contest_id}
                                     : std::string_view{}
    );
}

}  // namespace duel::projector
