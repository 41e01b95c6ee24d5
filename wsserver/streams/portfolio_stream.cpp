#include "wsserver/streams/portfolio_stream.hpp"

#include "core/valuation.hpp"

#include <algorithm>

namespace duel::wsserver {

PortfolioStream::~PortfolioStream() {
    for (const auto& [symbol, market] : markets_)
        market->forget(*this);
}

std::set<std::string> PortfolioStream::wanted_markets() const {
    std::set<std::string> symbols;
    if (is_state_followed())
        for (const auto& [symbol, position] : positions_)
            symbols.insert(symbol);
    return symbols;
}

bool PortfolioStream::is_state_followed() const {
    return std::ranges::any_of(subscribers(), [](const auto& one) { return one->options.states; });
}

bool PortfolioStream::has_wanted_markets() const {
    if (!is_state_followed()) return markets_.empty();
    return std::ranges::equal(positions_, markets_, [](const auto& position, const auto& market) {
        return position.first == market.first;
    });
}

void PortfolioStream::connect(MarketStream& market, Now now, Output& out) {
    const auto& symbol = market.channel().name;
    markets_[symbol] = &market;
    market.listen(*this);
    if (market.price()) on_price(*market.price(), market.price_updated(), now, out);
}

void PortfolioStream::disconnect(const std::string& symbol) {
    const auto market = markets_.find(symbol);
    if (market == markets_.end()) return;
    market->second->forget(*this);
    markets_.erase(market);
}

void PortfolioStream::on_price(
    const feed::Price& price,
    const MessagePtr& message,
    Now now,
    Output& out
) {
    if (!loaded()) return;
    if (!is_final_) pace_.change(now.steady);
    touch();
    for_current(out, [&](Subscriber& to) { send_price(to, price.symbol, message, out); });
}

bool PortfolioStream::wants_baseline(Now now) const {
    return loaded() && !is_final_ && !subscribers().empty() &&
           now.steady - baseline_at_ >= kBaselineEvery;
}

void PortfolioStream::take_baseline(const std::optional<Baseline>& baseline, Now now) {
    if (baseline == baseline_) return;
    baseline_ = baseline;
    pace_.change(now.steady);
    touch();
}

void PortfolioStream::replace(const Snapshot& snapshot, Now now) {
    baseline_at_ = now.steady;
    const auto& rows = std::get<PortfolioRows>(*snapshot.rows);
    portfolio_ = rows.portfolio;
    portfolio_.positions.clear();
    positions_.clear();
    for (const auto& position : rows.portfolio.positions)
        positions_[position.symbol] = position;
    names_ = rows.names;
    baseline_ = rows.baseline;
    is_final_ = rows.is_final;
}

void PortfolioStream::apply(const feed::Body& state, Now now, Counts& counts) {
    const auto* portfolio = std::get_if<feed::Portfolio>(&state);
    if (portfolio == nullptr) return;
    portfolio_ = *portfolio;
    portfolio_.positions.clear();
    for (const auto& position : portfolio->positions)
        if (position.quantity.is_zero())
            positions_.erase(position.symbol);
        else
            positions_[position.symbol] = position;
    if (pace_.change(now.steady)) ++counts.conflated;
}

std::optional<Instant> PortfolioStream::changes_due() const {
    return is_whole() ? pace_.due() : std::nullopt;
}

void PortfolioStream::send_changes(Now now, Output& out) {
    pace_.sent(now.steady);
    const auto worth_now = worth();
    MessagePtr full, diff;
    for_current(out, [&](Subscriber& to) {
        auto& message = to.options.diff ? diff : full;
        if (!message)
            message = portfolio_updated(
                worth_now, to.options.diff ? std::optional{Mode::diff} : std::nullopt, now
            );
        deliver(to, message, out);
    });
    sent_tokens_ = worth_now.tokens;
}

// What one client is shown in between counts as sent to nobody else: the next difference holds what
// differs from the last message of all. Where this client is shown something else than that, an
// entry that equals none is remembered, for what held then may hold again.
void PortfolioStream::send_whole(Subscriber& to, Now now, Output& out) {
    pace_.hold(now.steady);
    const auto worth_now = worth();
    for (const auto& [symbol, entry] : worth_now.tokens)
        sent_tokens_.emplace(symbol, std::string{});
    for (auto& [symbol, sent] : sent_tokens_) {
        const auto shown = worth_now.tokens.find(symbol);
        if (shown == worth_now.tokens.end() || shown->second != sent) sent.clear();
    }
    const auto mode = to.options.diff ? std::optional{Mode::snapshot} : std::nullopt;
    deliver(to, portfolio_updated(worth_now, mode, now), out);
    for (const auto& [symbol, market] : markets_)
        if (const auto message = market->price_updated()) send_price(to, symbol, message, out);
}

void PortfolioStream::send_price(
    Subscriber& to,
    const std::string& symbol,
    const MessagePtr& message,
    Output& out
) {
    const auto& market = *markets_.at(symbol);
    if (to.announced.insert(symbol).second) deliver(to, market.announcement(), out);
    deliver(to, message, out);
}

const std::string& PortfolioStream::name_of(const std::string& symbol) const {
    if (const auto name = names_.find(symbol); name != names_.end()) return name->second;
    const auto market = markets_.find(symbol);
    return market == markets_.end() ? symbol : market->second->token_name();
}

Amount PortfolioStream::mark_of(const feed::PositionRow& position) const {
    const auto market = markets_.find(position.symbol);
    if (is_final_ || market == markets_.end() || !market->second->price()) return position.mark;
    return market->second->price()->price;
}

PortfolioStream::Worth PortfolioStream::worth() const {
    Worth worth;
    Equity equity{portfolio_.cash};
    for (const auto& [symbol, position] : positions_) {
        const auto mark = mark_of(position);
        equity.add(position.quantity, mark);
        JsonWriter{worth.tokens[symbol]}
            .begin_object()
            .field("symbol", symbol)
            .field("name", name_of(symbol))
            .field("amount", position.quantity)
            .field("value", position_value(position.quantity, mark))
            .end_object();
    }
    worth.total = equity.value();
    if (worth.total) {
        const auto then = baseline_.value_or(Baseline{portfolio_.put_in, portfolio_.put_in});
        const auto stake =
            Equity{then.equity}.add_cash(portfolio_.put_in).add_cash(-then.put_in).value();
        if (stake) worth.performance_24h = performance(*worth.total, *stake).value_or(Amount{});
    }
    return worth;
}

MessagePtr PortfolioStream::portfolio_updated(const Worth& worth, std::optional<Mode> mode, Now now)
    const {
    const bool is_diff = mode == Mode::diff;
    Envelope envelope{"PORTFOLIO_UPDATED", place(), mode};
    auto& data = envelope.data();
    data.key("tokens").begin_array();
    for (const auto& [symbol, entry] : worth.tokens) {
        const auto sent = sent_tokens_.find(symbol);
        if (!is_diff || sent == sent_tokens_.end() || sent->second != entry) data.raw(entry);
    }
    data.end_array();
    if (is_diff) {
        data.key("removed").begin_array();
        for (const auto& [symbol, entry] : sent_tokens_)
            if (!worth.tokens.contains(symbol)) data.value(symbol);
        data.end_array();
    }
    data.field("total_value", worth.total).field("performance_24h", worth.performance_24h);
    return envelope.finish(logged_at_ms(), now.wall);
}

}  // namespace duel::wsserver
