#include "wsserver/streams/simulated_world.hpp"

#include <algorithm>

namespace duel::wsserver {
namespace {

Amount cents(std::int64_t count) {
    return Amount::from_units(Int128{count} * (Amount::kUnitsPerOne / 100));
}

Amount whole(std::int64_t count) {
    return Amount::from_integer(count);
}

Timestamp minute_of(Timestamp now) {
    return std::chrono::floor<std::chrono::minutes>(now);
}

}  // namespace

SimulatedWorld::SimulatedWorld(
    std::uint64_t seed,
    Channel portfolio,
    std::string contest_id,
    const std::vector<std::string>& symbols
)
    : seed_(seed),
      random_(seed),
      portfolio_(std::move(portfolio)),
      contest_(Channel::contest(std::move(contest_id))) {
    for (const auto& symbol : symbols)
        markets_[symbol];
    begin_again();
}

// SplitMix64 (Steele, Lea, Flood 2014).
std::uint64_t SimulatedWorld::random(std::uint64_t below) {
    random_ += 0x9E3779B97F4A7C15U;
    auto mixed = random_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
    return (mixed ^ (mixed >> 31U)) % below;
}

std::string SimulatedWorld::epoch() const {
    return "simulated-" + std::to_string(seed_) + "-" + std::to_string(cycle_);
}

void SimulatedWorld::begin_again() {
    step_ = 0;
    seq_ = 1;
    last_events_.clear();
    traders_.clear();
    traders_.push_back({.wallet = portfolio_.wallet, .quantities = {}, .costs = {}});
    for (std::size_t i = 1; i < kParticipants; ++i)
        traders_.push_back(
            {.wallet = "simulated-" + std::to_string(i), .quantities = {}, .costs = {}}
        );
}

std::vector<feed::Record> SimulatedWorld::step(Timestamp now) {
    std::vector<feed::Record> out;
    if (++step_ >= kCycle) {
        ++cycle_;
        begin_again();
        return out;
    }
    ++seq_;
    if (step_ >= kActiveFrom && step_ < kActiveUntil) {
        trade(traders_[0], now, out);
        trade(traders_[1 + random(kParticipants - 1)], now, out);
    }
    move_prices(now, out);
    add(contest_, contest(now), out);
    add(contest_, feed::Leaderboard{contest_.name, now, ranking(), {}, false}, out);
    return out;
}

void SimulatedWorld::move_prices(Timestamp now, std::vector<feed::Record>& out) {
    for (auto& [symbol, market] : markets_) {
        const auto range = static_cast<std::uint64_t>(std::max<std::int64_t>(market.cents / 50, 4));
        const auto move =
            static_cast<std::int64_t>(random(range)) - static_cast<std::int64_t>(range / 2);
        market.cents = std::max<std::int64_t>(market.cents + move, 1);
        if (std::exchange(market.minute, minute_of(now)) != market.minute)
            market.volume = market.trades = 0;
        market.volume += 1 + static_cast<std::int64_t>(random(9));
        ++market.trades;
        const auto channel = Channel::market(symbol);
        add(channel, price(symbol, now), out);
        add(channel, volume(symbol), out);
        add(channel, sentiment(symbol, now), out);
    }
}

// The second trade of a step would share its seq: it gets the next one.
void SimulatedWorld::trade(Trader& trader, Timestamp now, std::vector<feed::Record>& out) {
    ++seq_;
    const auto at = static_cast<std::ptrdiff_t>(random(markets_.size()));
    const auto& [symbol, market] = *std::next(markets_.begin(), at);
    const auto quantity = 1 + static_cast<std::int64_t>(random(3));
    auto& held = trader.quantities[symbol];
    auto& cost = trader.costs[symbol];
    // What was bought is sold whole: costs stay whole cents.
    const auto side = held > 0 && random(2) == 0 ? Side::sell : Side::buy;
    const auto amount = side == Side::sell ? held : quantity;
    const auto worth = amount * market.cents;
    held = side == Side::sell ? 0 : held + amount;
    cost = side == Side::sell ? 0 : cost + worth;
    trader.cash_cents += side == Side::sell ? worth : -worth;
    trader.last_trade = now;

    const bool is_own = &trader == &traders_[0];
    if (is_own) {
        feed::Trade told;
        told.trade_id = epoch() + "-" + std::to_string(seq_);
        told.wallet_address = trader.wallet;
        if (!portfolio_.name.empty()) told.contest_id = portfolio_.name;
        told.symbol = symbol;
        told.side = side;
        told.amount = whole(amount);
        told.price = cents(market.cents);
        told.at = now;
        add(portfolio_, told, out);
        add(portfolio_, portfolio(trader), out);
    }
    feed::Activity activity;
    activity.contest_id = contest_.name;
    activity.wallet_address = activity.username = trader.wallet;
    activity.activity_type = ActivityType::trade;
    activity.symbol = symbol;
    activity.side = side;
    activity.amount = whole(amount);
    activity.price = cents(market.cents);
    activity.at = now;
    add(contest_, activity, out);
}

void SimulatedWorld::add(const Channel& channel, feed::Body body, std::vector<feed::Record>& out) {
    feed::Head head{channel.key(), epoch(), "simulated/0", seq_, {}};
    if (feed::kind_of(body) == feed::Kind::event)
        head.prev_seq = std::exchange(last_events_[head.channel], seq_);
    out.push_back({std::move(head), std::move(body)});
}

Snapshot SimulatedWorld::snapshot(const Channel& channel, Timestamp now) const {
    const auto event = last_events_.find(channel.key());
    Snapshot found{epoch(), seq_, event == last_events_.end() ? 0 : event->second, {}};
    if (channel.kind == Channel::Kind::market) {
        MarketRows rows;
        if (markets_.contains(channel.name)) {
            rows.price = price(channel.name, now);
            rows.sentiment = sentiment(channel.name, now);
        }
        found.rows = std::move(rows);
    } else if (channel == contest_) {
        found.rows = ContestRows{contest(now), ranking(), now};
    } else if (channel == portfolio_) {
        PortfolioRows rows;
        rows.portfolio = portfolio(traders_[0]);
        rows.baseline = Baseline{cents(100'000), cents(100'000)};
        found.rows = std::move(rows);
    }
    return found;
}

feed::Price SimulatedWorld::price(const std::string& symbol, Timestamp now) const {
    const auto& market = markets_.at(symbol);
    return {
        .symbol = symbol,
        .price = cents(market.cents),
        .change_24h = cents((market.cents - 10'000)),
        .volume_24h = whole(market.volume),
        .high_24h = cents(std::max<std::int64_t>(market.cents, 10'000)),
        .low_24h = cents(std::min<std::int64_t>(market.cents, 10'000)),
        .at = now};
}

feed::Volume SimulatedWorld::volume(const std::string& symbol) const {
    const auto& market = markets_.at(symbol);
    feed::Volume found;
    found.symbol = symbol;
    found.interval = "1m";
    found.opened_at = market.minute;
    found.open = found.high = found.low = found.close = cents(market.cents);
    found.volume = whole(market.volume);
    found.buy_volume = whole(market.volume / 2);
    found.sell_volume = whole(market.volume - market.volume / 2);
    found.trades_count = market.trades;
    return found;
}

feed::Sentiment SimulatedWorld::sentiment(const std::string& symbol, Timestamp now) const {
    const auto& market = markets_.at(symbol);
    const auto buy = 50 + (market.cents > 10'000 ? 10 : -10);
    return {
        symbol,
        cents(2 * buy - 100),
        cents(buy),
        cents(100 - buy),
        market.cents > 10'000 ? VolumeTrend::increasing : VolumeTrend::decreasing,
        now};
}

feed::Contest SimulatedWorld::contest(Timestamp now) const {
    const int round = 1 + (step_ - kActiveFrom) * 3 / (kActiveUntil - kActiveFrom);
    feed::Contest found;
    found.contest_id = found.name = contest_.name;
    found.status = step_ < kActiveFrom    ? ContestStatus::upcoming
                   : step_ < kActiveUntil ? ContestStatus::active
                                          : ContestStatus::completed;
    found.rounds = 3;
    if (step_ >= kActiveFrom) found.current_round = std::min(round, 3);
    found.total_participants = kParticipants;
    found.prize_pool = whole(1'000);
    found.starts_at = now;
    found.ends_at = now + std::chrono::seconds{std::max(kActiveUntil - step_, 0)};
    found.now = now;
    return found;
}

feed::Portfolio SimulatedWorld::portfolio(const Trader& trader) const {
    feed::Portfolio found;
    found.wallet_address = trader.wallet;
    if (!portfolio_.name.empty()) found.contest_id = portfolio_.name;
    found.cash = cents(trader.cash_cents);
    found.put_in = cents(100'000);
    found.last_trade_at = trader.last_trade;
    for (const auto& [symbol, quantity] : trader.quantities)
        found.positions.push_back(
            {symbol,
             whole(quantity),
             cents(trader.costs.at(symbol)),
             cents(markets_.at(symbol).cents)}
        );
    return found;
}

std::int64_t SimulatedWorld::equity_cents(const Trader& trader) const {
    auto equity = trader.cash_cents;
    for (const auto& [symbol, quantity] : trader.quantities)
        equity += quantity * markets_.at(symbol).cents;
    return equity;
}

std::vector<feed::LeaderboardRow> SimulatedWorld::ranking() const {
    std::vector<feed::LeaderboardRow> rows;
    for (const auto& trader : traders_) {
        const auto equity = equity_cents(trader);
        // 1,000.00 were put in: a cent is a thousandth of a percent.
        const auto performance =
            Amount::from_units(Int128{equity - 100'000} * (Amount::kUnitsPerOne / 1'000));
        rows.push_back(
            {0, trader.wallet, trader.wallet, cents(equity), performance, trader.last_trade}
        );
    }
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
        return std::pair{-a.performance, a.wallet_address} <
               std::pair{-b.performance, b.wallet_address};
    });
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const bool is_shared = i > 0 && rows[i].performance == rows[i - 1].performance;
        rows[i].rank = is_shared ? rows[i - 1].rank : static_cast<std::int64_t>(i + 1);
    }
    return rows;
}

}  // namespace duel::wsserver
