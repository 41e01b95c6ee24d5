#pragma once

// What the streams want done. Plain data: whoever drives them carries it out in this order of
// fields, deliveries of one connection in their own order.

#include "core/channel.hpp"
#include "core/words.hpp"
#include "wsserver/streams/message.hpp"
#include "wsserver/streams/monitor.hpp"
#include "wsserver/streams/subscription.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace duel::wsserver {

struct Delivery {
    ConnectionId to;
    MessagePtr message;
    bool report = false;  // tell Switchboard::written() once it has left
};

struct Closing {
    ConnectionId who;
    std::uint16_t code;
    std::string reason;
};

// A question to Postgres; each gets exactly one answer, however long that takes.
struct Ask {
    enum class What {
        snapshot,    // of `channel`: Switchboard::on_snapshot()
        events,      // of `channel` after `after`, `most` at most, for `who`: on_events()
        portfolios,  // contests in which `channel.wallet` has a portfolio: on_portfolios()
        epoch,       // of the active model: on_epoch()
        tokens,      // all of them: on_tokens()
        baseline,    // of `channel`, a portfolio: on_baseline()
    };

    What what = What::snapshot;
    Channel channel{};
    std::uint64_t ticket = 0;  // comes back with a snapshot
    ConnectionId who = 0;
    std::uint64_t after = 0;
    std::size_t most = 0;
    bool count = false;  // fill EventsPage::missed
};

// How a subscription was taken up; `recovery` and `reason` of SUBSCRIBED.
enum class Recovery {
    none,
    replayed,
    epoch_changed,
    too_old,
    ahead_of_server,
    invalid_cursor,
};

}  // namespace duel::wsserver

template <>
inline constexpr std::array<std::string_view, 6> duel::kWords<duel::wsserver::Recovery>{
    "none",
    "replayed",
    "epoch_changed",
    "too_old",
    "ahead_of_server",
    "invalid_cursor"};

namespace duel::wsserver {

struct Counts {
    std::array<std::uint64_t, kWords<Recovery>.size()> recoveries{};
    std::uint64_t conflated = 0;  // changes that a later one replaced before they were sent
    std::uint64_t withheld = 0;   // state messages kept from clients that read too slowly
    std::uint64_t snapshots = 0;  // that subscribers waited for
    std::uint64_t snapshot_subscribers = 0;  // and how many those were
    std::uint64_t gaps = 0;                  // places where the feed missed an event
};

struct Output {
    std::vector<Delivery> deliveries;
    std::vector<Closing> closings;
    std::vector<Ask> asks;
    std::optional<SurveyOf> survey;  // of all connections: Switchboard::on_survey()
    Counts counts;
};

}  // namespace duel::wsserver
