#include "projector/rules/ranking.hpp"

#include <algorithm>

namespace duel::projector {
namespace {

// What is sorted: small, because it is moved about.
struct Entry {
    Int128 score;  // performance in units; below every performance where there is none to express
    std::uint32_t standing;
};

constexpr Int128 kBelowAll = -Amount::kLimit;

Int128 score_of(const Standing& standing, Amount put_in) {
    if (!standing.portfolio_value) return kBelowAll;
    if (put_in.sign() <= 0) return 0;
    return standing.performance ? standing.performance->units() : kBelowAll;
}

}  // namespace

std::vector<Standing> rank(Contest& contest) {
    Stakes& stakes = contest.accounts->stakes;
    const auto& all = stakes.refresh();
    std::vector<Amount> marks;
    marks.reserve(stakes.symbols().size());
    for (const Symbol* symbol : stakes.symbols())
        marks.push_back(symbol->mark.price);

    std::vector<Standing> standings;
    std::vector<Entry> entries;
    standings.reserve(all.size());
    entries.reserve(all.size());
    for (const Stakes::Stake& stake : all) {
        if (!stake.is_in) continue;
        Equity equity{stake.cash};
        for (const Stakes::Holding& held : stakes.holdings(stake))
            equity.add(held.quantity, marks[held.symbol]);
        Standing& standing = standings.emplace_back();
        standing.portfolio = stake.portfolio;
        standing.portfolio_value = equity.value();
        if (standing.portfolio_value)
            standing.performance = performance(*standing.portfolio_value, stake.put_in);
        entries.push_back(
            {score_of(standing, stake.put_in), static_cast<std::uint32_t>(entries.size())}
        );
    }
    std::ranges::sort(entries, std::ranges::greater{}, &Entry::score);

    for (std::size_t i = 0; i < entries.size(); ++i) {
        const bool tied = i > 0 && entries[i].score == entries[i - 1].score;
        standings[entries[i].standing].rank =
            tied ? standings[entries[i - 1].standing].rank : static_cast<std::int32_t>(i) + 1;
    }
    return standings;
}

}  // namespace duel::projector
