#pragma once

// A contest: its status, its leaderboard, and who does what in it.
//
// CONTEST_UPDATED and LEADERBOARD_UPDATED together at most every 500 ms, whichever has waited
// longer first. PARTICIPANT_ACTIVITY at once.

#include "wsserver/streams/channel_stream.hpp"
#include "wsserver/streams/leaderboard_view.hpp"

namespace duel::wsserver {

class ContestStream : public ChannelStream {
public:
    static constexpr Duration kInterval = std::chrono::milliseconds{500};
    static constexpr std::size_t kMostTop = 10'000;  // rows that a client may ask for

    using ChannelStream::ChannelStream;

protected:
    void replace(const Snapshot& snapshot, Now now) override;
    void apply(const feed::Body& state, Now now, Counts& counts) override;
    void send_changes(Now now, Output& out) override;
    void send_whole(Subscriber& to, Now now, Output& out) override;
    std::optional<Instant> changes_due() const override;
    bool is_whole() const override { return leaderboard_.is_whole(); }

private:
    // What of the leaderboard one client is sent.
    struct View {
        std::string_view rows;                      // encoded, with commas between
        const LeaderboardView::Row* own = nullptr;  // where it is not among the rows
        std::vector<std::string> removed;
    };

    MessagePtr contest_updated() const;
    MessagePtr leaderboard_updated(const View& view, std::optional<Mode> mode) const;
    void send_leaderboard(Output& out);
    // Many clients come at once, each with an own row: what they have in common is encoded once.
    const std::string& encoded_top(std::size_t most);
    // The client's own row where the top does not show it.
    const LeaderboardView::Row* own_row(const Subscriber& of) const;

    feed::Contest contest_;
    LeaderboardView leaderboard_;
    std::map<std::size_t, std::string> encoded_tops_;  // by size; empty after a change
    std::optional<Instant> sent_at_;
    std::optional<Instant> contest_changed_at_;
    std::optional<Instant> leaderboard_changed_at_;
};

}  // namespace duel::wsserver
