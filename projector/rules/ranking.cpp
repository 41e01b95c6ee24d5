#include "projector/rules/ranking.hpp"

#include <algorithm>

namespace duel::projector {
namespace {

struct Entry {
    Int128 score;  // performance in units; below every performance where there is none to express
    Standing standing;
};

constexpr Int128 kBelowAll = -Amount::kLimit;

Entry value(Portfolio& portfolio) {
    Entry entry{kBelowAll, {&portfolio, 0, portfolio.equity(), std::nullopt}};
    if (!entry.standing.portfolio_value) return entry;
    if (portfolio.row.put_in.sign() <= 0) {
        entry.score = 0;
        return entry;
    }
    entry.standing.performance = performance(*entry.standing.portfolio_value, portfolio.row.put_in);
    if (entry.standing.performance) entry.score = entry.standing.performance->units();
    return entry;
}

}  // namespace

std::vector<Standing> rank(const Contest& contest) {
    std::vector<Entry> entries;
    entries.reserve(contest.accounts->portfolios.size());
    for (Portfolio& portfolio : contest.accounts->portfolios) {
        if (portfolio.is_in()) entries.push_back(value(portfolio));
    }
    std::ranges::stable_sort(entries, std::ranges::greater{}, &Entry::score);

    std::vector<Standing> standings;
    standings.reserve(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const bool tied = i > 0 && entries[i].score == entries[i - 1].score;
        entries[i].standing.rank = tied ? standings.back().rank : static_cast<std::int32_t>(i) + 1;
        standings.push_back(entries[i].standing);
    }
    return standings;
}

}  // namespace duel::projector
