#include "projector/rules/trade_projection.hpp"

namespace duel::projector {

void TradeProjection::on(const Trade& event, Step& step) {
    Portfolio& portfolio = *step.portfolio;

    TradeRow row;
    row.seq = step.seq;
    row.scope_no = portfolio.scope_no();
    row.trade_id = event.trade_id;
    row.portfolio_no = portfolio.row.portfolio_no;
    row.symbol_no = step.symbol->row.symbol_no;
    row.prev_seq = portfolio.row.last_event_seq;
    row.offset = step.at.offset;
    row.traded_at = event.timestamp;
    row.side = event.side == Side::buy ? std::int16_t{1} : std::int16_t{-1};
    row.amount = event.amount;
    row.price = event.price;
    row.fee = event.fee;
    row.realized_pnl = step.booking.realized_pnl;
    row.portfolio = &portfolio;
    row.symbol = step.symbol;

    portfolio.row.last_event_seq = step.seq;
    if (step.contest != nullptr) {
        row.activity_prev_seq = step.contest->row.last_event_seq;
        step.contest->row.last_event_seq = step.seq;
        step.ledger.changed.contests.touch(step.contest->row, step.seq);
    }

    const TradeRow& added = trades.add(std::move(row));
    step.ledger.trade_ids.add(
        added.scope_no,
        added.trade_id,
        {.wallet_no = step.wallet->row.wallet_no,
         .symbol_no = added.symbol_no,
         .side = added.side,
         .amount = added.amount,
         .price = added.price,
         .fee = added.fee,
         .at = added.traded_at}
    );
}

}  // namespace duel::projector
