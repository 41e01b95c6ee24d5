#include "projector/rules/portfolio_projection.hpp"

namespace duel::projector {
namespace {

Portfolio& portfolio_of(Step& step) {
    if (step.portfolio == nullptr)
        step.portfolio = &step.ledger.open(*step.wallet, nullptr, Amount{}, step.seq);
    return *step.portfolio;
}

}  // namespace

void PortfolioProjection::on(const Trade& event, Step& step) {
    if (step.symbol == nullptr) step.symbol = &step.ledger.symbol(event.symbol, step.seq);
    Portfolio& portfolio = portfolio_of(step);
    Position& position = step.ledger.position(portfolio, *step.symbol);
    const Holding& after = step.booking.after;

    position.row.quantity = after.quantity;
    position.row.cost = after.cost;
    position.row.realized_pnl = after.position_realized_pnl;
    step.ledger.changed.positions.touch(position.row, step.seq);

    portfolio.row.cash = after.cash;
    portfolio.row.fees = after.fees;
    portfolio.row.realized_pnl = after.portfolio_realized_pnl;
    if (!portfolio.row.last_trade_at || *portfolio.row.last_trade_at < event.timestamp)
        portfolio.row.last_trade_at = event.timestamp;
    step.ledger.touch(portfolio, step.seq);
}

void PortfolioProjection::on(const Deposit& event, Step& step) {
    put_in(event.amount, step);
}

void PortfolioProjection::on(const Withdrawal& event, Step& step) {
    put_in(-event.amount, step);
}

void PortfolioProjection::put_in(Amount amount, Step& step) {
    Portfolio& portfolio = portfolio_of(step);
    portfolio.row.cash += amount;
    portfolio.row.put_in += amount;
    step.ledger.touch(portfolio, step.seq);
}

}  // namespace duel::projector
