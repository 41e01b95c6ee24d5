#pragma once

// A switchboard with hands: records and answers go in as short words, what clients see comes out as
// text. Time stands still unless it is told to pass.

#include "core/cursor.hpp"
#include "wsserver/streams/streams.hpp"
#include "wsserver/streams/switchboard.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

namespace theatre {

using namespace duel;
using namespace duel::wsserver;

inline const std::string kEpoch = "00000000000000ee";
inline const Timestamp kWall = parse_timestamp("2025-11-13T19:00:00Z").value();

inline Amount amount(std::string_view text) {
    return Amount::parse(text).value();
}

inline std::string cursor(const std::string& key, std::uint64_t seq, std::string epoch = kEpoch) {
    return Cursor{std::move(epoch), key, seq}.text();
}

// A message without its cursor: the same text for every epoch.
inline std::string plain(const std::string& text) {
    const auto from = text.find(R"("cursor":")");
    if (from == text.npos) return text;
    const auto to = text.find('"', from + 10);
    return text.substr(0, from) + text.substr(to + 2);
}

// What a client says.
inline Demand demand(const std::string& text) {
    auto fields = nlohmann::json::parse(text);
    auto type = fields.at("type").get<std::string>();
    return {std::move(type), std::move(fields)};
}

// "market:A -market:B !refused ".
inline std::string names_of(const Change& change) {
    std::string names;
    for (const auto& wish : change.add.wishes)
        names += wish.channel.key() + ' ';
    for (const auto& channel : change.remove)
        names += '-' + channel.key() + ' ';
    for (const auto& refused : change.refused)
        names += '!' + refused.channel + ' ';
    return names;
}

class Theatre {
public:
    explicit Theatre(StreamSettings settings = {}) : board(settings) {
        board.on_epoch(kEpoch, now());
        take();
    }

    Now now() const { return {Instant{} + std::chrono::hours{1} + passed_, kWall + passed_ms()}; }
    void pass(std::chrono::milliseconds time) {
        passed_ += time;
        settle();
    }

    void open(ConnectionId who, const Opening& opening) {
        board.open(who, opening, now());
        settle();
    }
    // Follows one channel.
    void follow(
        ConnectionId who,
        const Channel& channel,
        const Options& options = {},
        const std::vector<std::string>& since = {}
    ) {
        Opening opening;
        opening.wishes.push_back({channel, options});
        opening.since = Since::parse(since);
        open(who, opening);
    }

    void event(
        const Channel& channel,
        std::uint64_t seq,
        std::uint64_t prev_seq,
        const feed::Body& body
    ) {
        record(channel, seq, prev_seq, body);
    }
    void state(const Channel& channel, std::uint64_t seq, const feed::Body& body) {
        record(channel, seq, {}, body);
    }
    void record(
        const Channel& channel,
        std::uint64_t seq,
        std::optional<std::uint64_t> prev_seq,
        const feed::Body& body,
        const std::string& epoch = kEpoch
    ) {
        std::string text;
        feed::encode({channel.key(), epoch, "contest/0", seq, prev_seq}, body, text);
        used = raw(text);
    }
    // A record as it stands in Kafka.
    std::string raw(const std::string& text) {
        const auto use = board.on_record(text, 0, now());
        settle();
        if (!use) return use.error().sentence();
        const std::array<std::string, 3> words{"skipped", "kept", "followed"};
        return words.at(static_cast<std::size_t>(*use));
    }

    // A record of the topic `status`, at the next offset unless another is said.
    void hear(const Announcement& announcement, std::optional<std::int64_t> offset = {}) {
        board.on_announcement(announcement, take_offset(offset), now());
        settle();
    }
    void hear(
        const SourceStatus& status,
        std::optional<std::int64_t> offset = {},
        std::chrono::seconds ago = {}
    ) {
        board.on_status(status, take_offset(offset), now().steady - ago, now());
        settle();
    }

    // Answers the oldest question about a snapshot of that channel.
    void answer(const Channel& channel, Snapshot snapshot) {
        const auto asked = std::find_if(asks.begin(), asks.end(), [&](const Ask& ask) {
            return ask.what == Ask::What::snapshot && ask.channel == channel;
        });
        if (asked == asks.end()) throw std::logic_error("nobody asked for " + channel.key());
        const auto ticket = asked->ticket;
        asks.erase(asked);
        if (snapshot.epoch.empty()) snapshot.epoch = kEpoch;
        board.on_snapshot(channel, ticket, snapshot, now());
        settle();
    }
    auto asked_for_events() const {
        return std::count_if(asks.begin(), asks.end(), [](const Ask& ask) {
            return ask.what == Ask::What::events;
        });
    }
    // Answers the oldest question about event messages, and returns it.
    Ask answer_events(EventsPage page) {
        const auto asked = std::find_if(asks.begin(), asks.end(), [](const Ask& ask) {
            return ask.what == Ask::What::events;
        });
        if (asked == asks.end()) throw std::logic_error("nobody asked for event messages");
        auto ask = *asked;
        asks.erase(asked);
        page.epoch = kEpoch;
        page.after = ask.after;
        board.on_events(ask.channel, ask.who, page, now());
        settle();
        return ask;
    }

    void settle() {
        board.settle(now());
        take();
    }

    // What a client was sent since the last look, whole.
    std::vector<std::string> messages(ConnectionId who) { return std::exchange(sent[who], {}); }
    // The same without cursors, one a line.
    std::string seen(ConnectionId who) {
        std::string lines;
        for (const auto& text : messages(who))
            lines += plain(text) + "\n";
        return lines;
    }
    // Only "TYPE seq", with a space between.
    std::string outline(ConnectionId who) {
        std::string line;
        for (const auto& text : messages(who)) {
            const auto value = [&](const std::string& name) {
                const auto at = text.find('"' + name + "\":");
                if (at == text.npos) return std::string{};
                auto rest = text.substr(at + name.size() + 3);
                rest = rest.substr(0, rest.find_first_of(",}"));
                std::erase(rest, '"');
                return rest;
            };
            line += (line.empty() ? "" : " ") + value("type") + ':' + value("seq");
            if (!value("recovery").empty()) line += ':' + value("recovery");
            if (!value("reason").empty()) line += ':' + value("reason");
        }
        return line;
    }

    Switchboard board;
    std::vector<Ask> asks;
    std::vector<Closing> closings;
    std::optional<SurveyOf> survey;  // that was asked for, not yet answered
    std::string used;                // what became of the last record
    std::map<ConnectionId, std::vector<std::string>> sent;
    std::vector<ConnectionId> reports;  // deliveries that are to be reported, not yet reported
    Counts counts;

private:
    std::chrono::microseconds passed_ms() const {
        return std::chrono::duration_cast<std::chrono::microseconds>(passed_);
    }
    std::int64_t take_offset(std::optional<std::int64_t> said) {
        const auto offset = said.value_or(next_status_);
        next_status_ = std::max(next_status_, offset + 1);
        return offset;
    }
    void take() {
        auto out = board.take_output();
        for (auto& delivery : out.deliveries) {
            sent[delivery.to].push_back(delivery.message->text);
            if (delivery.report) reports.push_back(delivery.to);
        }
        for (auto& closing : out.closings)
            closings.push_back(closing);
        if (out.survey) survey = out.survey;
        for (auto& ask : out.asks)
            asks.push_back(ask);
        counts.conflated += out.counts.conflated;
        counts.withheld += out.counts.withheld;
        counts.gaps += out.counts.gaps;
    }

    Duration passed_{};
    std::int64_t next_status_ = 0;
};

inline feed::Trade trade(const std::string& id, const std::string& contest_id = "c1") {
    return {
        .trade_id = id,
        .wallet_address = "w1",
        .contest_id = contest_id.empty() ? std::nullopt : std::optional{contest_id},
        .symbol = "SOL",
        .side = Side::buy,
        .amount = amount("1.5"),
        .price = amount("100"),
        .fee = {},
        .realized_pnl = {},
        .at = kWall};
}

inline feed::Price price(const std::string& text) {
    return {
        .symbol = "SOL",
        .price = amount(text),
        .change_24h = amount("1.25"),
        .volume_24h = amount("3"),
        .high_24h = amount("102"),
        .low_24h = amount("99"),
        .at = kWall};
}

inline Snapshot portfolio_snapshot(std::uint64_t seq, std::uint64_t last_event_seq) {
    PortfolioRows rows;
    rows.portfolio.wallet_address = "w1";
    rows.portfolio.contest_id = "c1";
    rows.portfolio.cash = amount("800");
    rows.portfolio.put_in = amount("1000");
    rows.portfolio.positions = {{"SOL", amount("2"), amount("200"), amount("101")}};
    rows.names["SOL"] = "Solana";
    return {{}, seq, last_event_seq, std::move(rows)};
}

inline Snapshot market_snapshot(std::uint64_t seq, const std::string& text) {
    MarketRows rows;
    if (!text.empty()) rows.price = price(text);
    return {{}, seq, 0, std::move(rows)};
}

inline feed::LeaderboardRow ranked(std::int64_t rank, const std::string& wallet) {
    return {rank, wallet, "name of " + wallet, amount("1000"), Amount::from_integer(10 - rank), {}};
}

inline feed::Contest contest(ContestStatus status = ContestStatus::active) {
    return {
        .contest_id = "c1",
        .name = "One",
        .status = status,
        .rounds = {},
        .current_round = {},
        .total_participants = 3,
        .prize_pool = amount("500"),
        .starts_at = kWall,
        .ends_at = kWall + std::chrono::hours{1},
        .now = kWall};
}

inline Snapshot contest_snapshot(
    std::uint64_t seq,
    std::vector<feed::LeaderboardRow> rows,
    std::uint64_t last = 0
) {
    return {{}, seq, last, ContestRows{contest(), std::move(rows), kWall}};
}

inline const Channel kPortfolio = Channel::portfolio("w1", "c1");
inline const Channel kContest = Channel::contest("c1");
inline const Channel kMarket = Channel::market("SOL");

// What a client of v69 opens that follows something beside channels.
inline Opening notice(Notice what) {
    Opening opening;
    opening.dialect = Dialect::v69;
    opening.notice = what;
    return opening;
}

// Of the message that a client was sent since the last look: "degraded", or "nothing".
inline std::string status_seen(Theatre& stage, ConnectionId who) {
    std::string line;
    for (const auto& text : stage.messages(who))
        line += (line.empty() ? "" : " ") +
                nlohmann::json::parse(text).at("data").at("status").get<std::string>();
    return line.empty() ? "nothing" : line;
}

}  // namespace theatre
