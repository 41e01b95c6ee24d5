#pragma once

#include "projector/rules/acceptance.hpp"
#include "projector/rules/rows/history_rows.hpp"

#include <optional>
#include <string>

namespace duel::projector {

// The record of deposits and withdrawals.
class TransferProjection {
public:
    void on(const Deposit& event, Step& step) {
        record(event.transfer_id, 1, event.amount, event.timestamp, step);
    }
    void on(const Withdrawal& event, Step& step) {
        record(event.transfer_id, -1, event.amount, event.timestamp, step);
    }

    Append<TransferRow> transfers;

    auto tables() { return std::tie(transfers); }

private:
    void record(
        const std::optional<std::string>& transfer_id,
        std::int16_t kind,
        Amount amount,
        Timestamp at,
        Step& step
    ) {
        TransferRow row;
        row.seq = step.seq;
        row.offset = step.at.offset;
        row.scope_no = step.portfolio->scope_no();
        row.portfolio_no = step.portfolio->row.portfolio_no;
        row.transferred_at = at;
        row.kind = kind;
        row.transfer_id = transfer_id;
        row.amount = amount;
        const TransferRow& added = transfers.add(std::move(row));
        if (!added.transfer_id) return;
        step.ledger.transfer_ids.add(
            added.scope_no,
            *added.transfer_id,
            {.wallet_no = step.wallet->row.wallet_no, .kind = kind, .amount = amount, .at = at}
        );
    }
};

}  // namespace duel::projector
