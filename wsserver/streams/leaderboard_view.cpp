#include "wsserver/streams/leaderboard_view.hpp"

#include <algorithm>
#include <tuple>

namespace duel::wsserver {
namespace {

const std::set<std::string>&
wallets_of(const std::map<std::size_t, std::set<std::string>>& shown, std::size_t most) {
    static const std::set<std::string> nobody;
    const auto found = shown.find(most);
    return found == shown.end() ? nobody : found->second;
}

// What the rows are sorted by.
auto place_of(const LeaderboardView::Row& row) {
    return std::tie(row.rank, row.wallet_address);
}

}  // namespace

void LeaderboardView::replace(std::vector<Row> rows, Timestamp ranked_at) {
    rows_.clear();
    tops_.clear();
    settle({});
    for (auto& row : rows)
        rows_.insert_or_assign(row.wallet_address, row);
    ranked_at_ = ranked_at;
    is_whole_ = true;
}

void LeaderboardView::apply(const feed::Leaderboard& change) {
    tops_.clear();
    noted_.clear();
    for (const auto& wallet_address : change.removed) {
        rows_.erase(wallet_address);
        gone_.insert(wallet_address);
    }
    for (const auto& row : change.rows) {
        changed_.insert(row.wallet_address);
        rows_.insert_or_assign(row.wallet_address, row);
    }
    ranked_at_ = change.ranked_at;
    is_whole_ = !change.more;
}

const LeaderboardView::Row* LeaderboardView::row(const std::string& wallet_address) const {
    const auto found = rows_.find(wallet_address);
    return found == rows_.end() ? nullptr : &found->second;
}

// Ranks count everybody above, so who stands among the first n has a rank of at most n: one look at
// every row, and only the candidates are sorted.
const LeaderboardView::Rows& LeaderboardView::top(std::size_t most) const {
    const auto [found, is_new] = tops_.try_emplace(most);
    Rows& rows = found->second;
    if (!is_new) return rows;
    rows.reserve(std::min(most, rows_.size()));
    for (const auto& [wallet_address, row] : rows_)
        if (row.rank <= static_cast<std::int64_t>(most)) rows.push_back(&row);
    // More than wanted where they share a rank.
    const auto end = rows.begin() + static_cast<std::ptrdiff_t>(std::min(most, rows.size()));
    std::partial_sort(rows.begin(), end, rows.end(), [](const Row* a, const Row* b) {
        return place_of(*a) < place_of(*b);
    });
    rows.erase(end, rows.end());
    return rows;
}

bool LeaderboardView::is_in_top(std::size_t most, const Row& row) const {
    const auto& rows = top(most);
    return !rows.empty() && place_of(row) <= place_of(*rows.back());
}

LeaderboardView::Change LeaderboardView::change_of_top(std::size_t most) const {
    const auto& before = wallets_of(shown_, most);
    const auto& also = wallets_of(also_shown_, most);
    Change change;
    std::set<std::string_view> now;
    for (const auto* row : top(most)) {
        now.insert(row->wallet_address);
        if (has_changed(row->wallet_address) || !before.contains(row->wallet_address))
            change.rows.push_back(row);
    }
    for (const auto& wallet_address : before)
        if (!now.contains(wallet_address)) change.removed.push_back(wallet_address);
    for (const auto& wallet_address : also)
        if (!now.contains(wallet_address) && !before.contains(wallet_address))
            change.removed.push_back(wallet_address);
    return change;
}

bool LeaderboardView::was_in_top(std::size_t most, const std::string& wallet_address) const {
    return wallets_of(shown_, most).contains(wallet_address) ||
           wallets_of(also_shown_, most).contains(wallet_address);
}

void LeaderboardView::note_shown(std::size_t most) {
    if (!noted_.insert(most).second) return;
    const bool is_settled = changed_.empty() && gone_.empty();
    auto& wallets = is_settled ? shown_[most] : also_shown_[most];
    for (const auto* row : top(most))
        wallets.insert(row->wallet_address);
}

void LeaderboardView::settle(const std::set<std::size_t>& shown) {
    noted_.clear();
    changed_.clear();
    gone_.clear();
    also_shown_.clear();
    shown_.clear();
    for (const auto most : shown) {
        auto& wallets = shown_[most];
        for (const auto* row : top(most))
            wallets.insert(row->wallet_address);
    }
}

}  // namespace duel::wsserver
