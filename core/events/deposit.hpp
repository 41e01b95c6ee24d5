#pragma once

#include "core/amount.hpp"
#include "core/fields.hpp"
#include "core/time.hpp"
#include "core/topic.hpp"

#include <optional>
#include <string>

namespace duel {

// Quote currency came into a portfolio. It counts as put in, so it is no performance.
struct Deposit {
    static constexpr std::string_view kType = "deposit";
    static constexpr Topic kTopic = Topic::trades;

    std::optional<std::string> transfer_id{};  // with one, a repetition is recognised
    std::optional<std::string> contest_id{};
    std::string wallet_address{};
    Amount amount{};
    Timestamp timestamp{};

    static constexpr auto fields() {
        return std::tuple{
            field("transfer_id", &Deposit::transfer_id, kId),
            field("contest_id", &Deposit::contest_id, kId),
            field("wallet_address", &Deposit::wallet_address, kId),
            field("amount", &Deposit::amount, AmountRule::positive),
            field("timestamp", &Deposit::timestamp),
        };
    }
    bool operator==(const Deposit&) const = default;
};

}  // namespace duel
