#include "projector/rules/ranking.hpp"

#include <boost/sort/pdqsort/pdqsort.hpp>

#include <algorithm>

namespace duel::projector {
namespace {

constexpr Int128 kBelowAll = -Amount::kLimit;

Int128 score_of(const Standing& standing, Amount put_in) {
    if (!standing.portfolio_value) return kBelowAll;
    if (put_in.sign() <= 0) return 0;
    return standing.performance ? standing.performance->units() : kBelowAll;
}

}  // namespace

const std::vector<Standing>& Ranking::rank(Contest& contest) {
    Stakes& stakes = contest.accounts->stakes;
    const auto& all = stakes.refresh();
    marks_.clear();
    for (const Symbol* symbol : stakes.symbols())
        marks_.push_back(symbol->mark.price);

    standings_.clear();
    entries_.clear();
    for (const Stakes::Stake& stake : all) {
        if (!stake.is_in) continue;
        Equity equity{stake.cash};
        for (const Stakes::Holding& held : stakes.holdings(stake))
            equity.add(held.quantity, marks_[held.symbol]);
        Standing& standing = standings_.emplace_back();
        standing.portfolio = stake.portfolio;
        standing.portfolio_value = equity.value();
        if (standing.portfolio_value)
            standing.performance = performance(*standing.portfolio_value, stake.put_in);
        entries_.push_back(
            {score_of(standing, stake.put_in), static_cast<std::uint32_t>(entries_.size())}
        );
    }
    boost::sort::pdqsort_branchless(
        entries_.begin(),
        entries_.end(),
        [](const Entry& a, const Entry& b) { return a.score > b.score; }
    );

    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const bool tied = i > 0 && entries_[i].score == entries_[i - 1].score;
        standings_[entries_[i].standing].rank =
            tied ? standings_[entries_[i - 1].standing].rank : static_cast<std::int32_t>(i) + 1;
    }
    return standings_;
}

}  // namespace duel::projector
