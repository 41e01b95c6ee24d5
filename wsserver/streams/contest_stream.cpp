#include "wsserver/streams/contest_stream.hpp"

#include <algorithm>

namespace duel::wsserver {
namespace {

void append_row(JsonWriter& out, const LeaderboardView::Row& row) {
    out.begin_object()
        .field("rank", row.rank)
        .field("wallet_address", row.wallet_address)
        .field("username", row.username)
        .field("portfolio_value", row.portfolio_value)
        .field("performance", row.performance)
        .field("last_trade_time", row.last_trade_time)
        .end_object();
}

std::string encoded(const LeaderboardView::Rows& rows) {
    std::string text;
    text.reserve(192 * rows.size());
    JsonWriter out{text};
    for (const auto* row : rows)
        append_row(out, *row);
    return text;
}

}  // namespace

void ContestStream::replace(const Snapshot& snapshot, Now) {
    const auto& rows = std::get<ContestRows>(*snapshot.rows);
    contest_ = rows.contest;
    leaderboard_.replace(rows.leaderboard, rows.ranked_at);
    encoded_tops_.clear();
}

void ContestStream::apply(const feed::Body& state, Now now, Counts& counts) {
    const auto change = [&](std::optional<Instant>& changed_at) {
        if (changed_at)
            ++counts.conflated;
        else
            changed_at = now.steady;
    };
    if (const auto* contest = std::get_if<feed::Contest>(&state)) {
        contest_ = *contest;
        change(contest_changed_at_);
    } else if (const auto* leaderboard = std::get_if<feed::Leaderboard>(&state)) {
        leaderboard_.apply(*leaderboard);
        encoded_tops_.clear();
        if (leaderboard_.is_whole()) change(leaderboard_changed_at_);
    }
}

std::optional<Instant> ContestStream::changes_due() const {
    const auto& leaderboard_at =
        leaderboard_.is_whole() ? leaderboard_changed_at_ : std::optional<Instant>{};
    if (!contest_changed_at_ && !leaderboard_at) return {};
    const auto changed_at = std::min(
        contest_changed_at_.value_or(Instant::max()), leaderboard_at.value_or(Instant::max())
    );
    return sent_at_ ? std::max(*sent_at_ + kInterval, changed_at) : changed_at;
}

void ContestStream::send_changes(Now now, Output& out) {
    sent_at_ = now.steady;
    const bool is_contests_turn =
        contest_changed_at_ && (!leaderboard_changed_at_ || !leaderboard_.is_whole() ||
                                *contest_changed_at_ <= *leaderboard_changed_at_);
    if (!is_contests_turn) {
        leaderboard_changed_at_.reset();
        return send_leaderboard(out);
    }
    contest_changed_at_.reset();
    const auto message = contest_updated();
    for_current(out, [&](Subscriber& to) { deliver(to, message, out); });
}

// One message for all who see the same; only those whose own row stands apart get one of their own.
void ContestStream::send_leaderboard(Output& out) {
    struct Difference {
        LeaderboardView::Change change;
        std::string changed_rows;
        MessagePtr message;
    };
    std::map<std::size_t, MessagePtr> whole;
    std::map<std::size_t, Difference> differences;
    for_current(out, [&](Subscriber& to) {
        const auto most = to.options.top;
        const auto* own = own_row(to);
        if (!to.options.diff) {
            if (own != nullptr)
                return deliver(to, leaderboard_updated({encoded_top(most), own, {}}, {}), out);
            auto& message = whole[most];
            if (!message) message = leaderboard_updated({encoded_top(most), nullptr, {}}, {});
            return deliver(to, message, out);
        }
        const auto [found, is_first] = differences.try_emplace(most);
        auto& [change, changed_rows, message] = found->second;
        if (is_first) {
            change = leaderboard_.change_of_top(most);
            changed_rows = encoded(change.rows);
        }
        const auto& viewer = to.options.viewer;
        const bool has_gone = leaderboard_.has_gone(viewer) && leaderboard_.row(viewer) == nullptr;
        const bool is_news = own != nullptr && (leaderboard_.has_changed(viewer) ||
                                                leaderboard_.was_in_top(most, viewer));
        if (is_news || has_gone) {
            View view{changed_rows, own, change.removed};
            std::erase(view.removed, viewer);
            if (has_gone) view.removed.push_back(viewer);
            return deliver(to, leaderboard_updated(view, Mode::diff), out);
        }
        if (!message)
            message = leaderboard_updated({changed_rows, nullptr, change.removed}, Mode::diff);
        deliver(to, message, out);
    });
    std::set<std::size_t> shown;
    for (const auto& [most, difference] : differences)
        shown.insert(most);
    leaderboard_.settle(shown);
}

void ContestStream::send_whole(Subscriber& to, Now now, Output& out) {
    if (!contest_changed_at_ && !leaderboard_changed_at_) sent_at_ = now.steady;
    deliver(to, contest_updated(), out);
    const auto mode = to.options.diff ? std::optional{Mode::snapshot} : std::nullopt;
    if (mode) leaderboard_.note_shown(to.options.top);
    const View view{encoded_top(to.options.top), own_row(to), {}};
    deliver(to, leaderboard_updated(view, mode), out);
}

const std::string& ContestStream::encoded_top(std::size_t most) {
    const auto [found, is_new] = encoded_tops_.try_emplace(most);
    if (is_new) found->second = encoded(leaderboard_.top(most));
    return found->second;
}

const LeaderboardView::Row* ContestStream::own_row(const Subscriber& of) const {
    const auto* own = leaderboard_.row(of.options.viewer);
    return own == nullptr || leaderboard_.is_in_top(of.options.top, *own) ? nullptr : own;
}

MessagePtr ContestStream::contest_updated() const {
    Envelope envelope{"CONTEST_UPDATED", place()};
    const auto remaining =
        std::chrono::duration_cast<std::chrono::seconds>(contest_.ends_at - contest_.now);
    envelope.data()
        .field("contest_id", contest_.contest_id)
        .field("status", contest_.status)
        .field("current_round", contest_.current_round)
        .field("time_remaining", std::max<std::int64_t>(remaining.count(), 0))
        .field("total_participants", contest_.total_participants)
        .field("total_prize_pool", contest_.prize_pool);
    return envelope.finish(logged_at_ms());
}

MessagePtr ContestStream::leaderboard_updated(const View& view, std::optional<Mode> mode) const {
    Envelope envelope{"LEADERBOARD_UPDATED", place(), mode, 1'024 + view.rows.size()};
    auto& data = envelope.data().field("contest_id", contest_.contest_id);
    data.key("leaderboard").begin_array();
    if (!view.rows.empty()) data.raw(view.rows);
    if (view.own != nullptr) append_row(data, *view.own);
    data.end_array();
    if (mode == Mode::diff) {
        data.key("removed").begin_array();
        for (const auto& wallet_address : view.removed)
            data.value(wallet_address);
        data.end_array();
    }
    data.field("timestamp", leaderboard_.ranked_at());
    return envelope.finish(logged_at_ms());
}

}  // namespace duel::wsserver
