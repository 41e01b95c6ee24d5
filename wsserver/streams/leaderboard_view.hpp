#pragma once

// A contest's leaderboard as the feed tells it, and what of it each client has been shown.
//
// The feed sends changed rows only. Clients see the first `top` of them, by rank and then by wallet
// address, and their own. What is new to a client since the last look is worked out once for all
// that see the same top.

#include "core/feed.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace duel::wsserver {

class LeaderboardView {
public:
    using Row = feed::LeaderboardRow;
    using Rows = std::vector<const Row*>;

    // Begins anew: everybody has to be shown all of it.
    void replace(std::vector<Row> rows, Timestamp ranked_at);
    void apply(const feed::Leaderboard& change);

    // False between the parts of one ranking.
    bool is_whole() const { return is_whole_; }
    Timestamp ranked_at() const { return ranked_at_; }
    const Row* row(const std::string& wallet_address) const;

    // The first `most` rows. Valid until the next change, and worked out once until then.
    const Rows& top(std::size_t most) const;
    // Whether that row, which is one of the view's, is among them.
    bool is_in_top(std::size_t most, const Row& row) const;

    // What a client with that top has to be told since the last settle(): rows to put, wallets to
    // take away. Both are about the top only.
    struct Change {
        Rows rows;
        std::vector<std::string> removed;
    };
    Change change_of_top(std::size_t most) const;
    // Whether this wallet's row is other than at the last settle().
    bool has_changed(const std::string& wallet_address) const {
        return changed_.contains(wallet_address);
    }
    // Whether a client with that top was shown that wallet in it.
    bool was_in_top(std::size_t most, const std::string& wallet_address) const;
    // Whether this wallet is ranked no more since the last settle().
    bool has_gone(const std::string& wallet_address) const {
        return gone_.contains(wallet_address);
    }

    // One client was shown this top. Between two settle(), what leaves it after has to be told too.
    void note_shown(std::size_t most);

    // Everybody was told: `shown` are the sizes of tops whose differences were.
    void settle(const std::set<std::size_t>& shown);

private:
    std::unordered_map<std::string, Row> rows_;
    mutable std::map<std::size_t, Rows> tops_;  // by size; empty after a change
    std::set<std::size_t> noted_;               // as shown, since the last change or settle()
    Timestamp ranked_at_{};
    bool is_whole_ = true;
    using Shown = std::map<std::size_t, std::set<std::string>>;  // wallets, by size of the top

    std::set<std::string> changed_;
    std::set<std::string> gone_;
    Shown shown_;       // to all with that top, at the last settle()
    Shown also_shown_;  // to some of them since
};

}  // namespace duel::wsserver
