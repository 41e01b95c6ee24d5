#pragma once

#include "core/amount.hpp"
#include "core/fields.hpp"
#include "core/time.hpp"
#include "core/topic.hpp"

#include <optional>
#include <string>

namespace duel {

// Quote currency left a portfolio. It lessens what was put in, so it is no loss.
struct Withdrawal {
    static constexpr std::string_view kType = "withdrawal";
    static constexpr Topic kTopic = Topic::trades;

    std::optional<std::string> transfer_id{};  // with one, a repetition is recognised
    std::optional<std::string> contest_id{};
    std::string wallet_address{};
    Amount amount{};
    Timestamp timestamp{};

    static constexpr auto fields() {
        return std::tuple{
            field("transfer_id", &Withdrawal::transfer_id, kId),
            field("contest_id", &Withdrawal::contest_id, kId),
            field("wallet_address", &Withdrawal::wallet_address, kId),
            field("amount", &Withdrawal::amount, AmountRule::positive),
            field("timestamp", &Withdrawal::timestamp),
        };
    }
    bool operator==(const Withdrawal&) const = default;
};

}  // namespace duel
