#pragma once

#include "projector/rules/acceptance.hpp"

namespace duel::projector {

// Every wallet that this shard has met, with its newest username. Runs before all that needs the
// wallet.
class WalletProjection {
public:
    void on(const ParticipantJoined& event, Step& step) {
        meet(event.wallet_address, event.timestamp, step);
        WalletRow& row = step.wallet->row;
        row.username = event.username;
        row.username_at = event.timestamp;
        step.ledger.changed.wallets.touch(row, step.seq);
    }
    void on(const Trade& event, Step& step) { meet(event.wallet_address, event.timestamp, step); }
    void on(const Deposit& event, Step& step) { meet(event.wallet_address, event.timestamp, step); }
    void on(const Withdrawal& event, Step& step) {
        meet(event.wallet_address, event.timestamp, step);
    }

    auto tables() { return std::tie(); }

private:
    static void meet(const std::string& address, Timestamp at, Step& step) {
        if (step.wallet != nullptr && step.wallet->row.first_seen_at <= at) return;
        step.wallet = &step.ledger.wallet(address, at, step.seq);
    }
};

}  // namespace duel::projector
