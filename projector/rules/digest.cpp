#include "projector/rules/digest.hpp"

#include "projector/rules/rows/history_rows.hpp"
#include "projector/rules/rows/ledger_rows.hpp"
#include "projector/rules/rows/market_rows.hpp"

#include <algorithm>
#include <concepts>
#include <cstring>
#include <optional>
#include <string_view>
#include <type_traits>

namespace duel::projector {
namespace {

// Hashes values one after the other, 64 bits at a time. Against mistakes and meddling by hand, not
// against an adversary.
class Hasher {
public:
    void add(std::uint64_t word) {
        state_ = (state_ ^ word) * 0x9E3779B97F4A7C15U;
        state_ ^= state_ >> 32U;
    }
    void add(std::integral auto number) { add(static_cast<std::uint64_t>(number)); }
    template <class E>
    requires std::is_enum_v<E>
    void add(E word) { add(static_cast<std::uint64_t>(word)); }
    void add(Timestamp at) { add(at.time_since_epoch().count()); }
    void add(Amount amount) {
        const auto units = static_cast<UInt128>(amount.units());
        add(static_cast<std::uint64_t>(units));
        add(static_cast<std::uint64_t>(units >> 64U));
    }
    void add(std::string_view text) {
        add(text.size());
        for (; !text.empty(); text.remove_prefix(std::min(text.size(), sizeof(std::uint64_t)))) {
            std::uint64_t word = 0;
            std::memcpy(&word, text.data(), std::min(text.size(), sizeof word));
            add(word);
        }
    }
    template <class T>
    void add(const std::optional<T>& value) {
        add(value.has_value());
        if (value) add(*value);
    }

    // The finaliser of MurmurHash3 (Appleby, 64 bits): every bit of the input moves all of it.
    std::uint64_t value() const {
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 33U)) * 0xFF51AFD7ED558CCDU;
        mixed = (mixed ^ (mixed >> 33U)) * 0xC4CEB9FE1A85EC53U;
        return mixed ^ (mixed >> 33U);
    }

private:
    std::uint64_t state_{0};
};

}  // namespace

template <class Row>
Digest digest_of(const Row& row) {
    Hasher hasher;
    hasher.add(Row::kTable);
    hasher.add(row.seq);
    Row::columns([&](const auto&... column) { (hasher.add(row.*column.member), ...); });
    return hasher.value();
}

template Digest digest_of(const ContestRow&);
template Digest digest_of(const WalletRow&);
template Digest digest_of(const SymbolRow&);
template Digest digest_of(const PortfolioRow&);
template Digest digest_of(const ParticipantRow&);
template Digest digest_of(const PositionRow&);
template Digest digest_of(const MarkRow&);
template Digest digest_of(const LeaderboardRow&);
template Digest digest_of(const TradeRow&);
template Digest digest_of(const TransferRow&);
template Digest digest_of(const MembershipRow&);
template Digest digest_of(const FinalMarkRow&);
template Digest digest_of(const FinalStandingRow&);
template Digest digest_of(const EquityHistoryRow&);
template Digest digest_of(const LeaderboardHistoryRow&);
template Digest digest_of(const PriceRow&);
template Digest digest_of(const CandleRow&);
template Digest digest_of(const SentimentRow&);
template Digest digest_of(const TokenRow&);

}  // namespace duel::projector
