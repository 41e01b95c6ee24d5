#pragma once

#include "projector/rules/apply.hpp"
#include "tests/unit/projector/rules/events.hpp"

#include <concepts>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

// A shard without Kafka and Postgres: records go in one after the other, rows land in a map.
namespace duel::projector {

template <std::integral T>
std::string show(T value) {
    if constexpr (std::same_as<T, bool>)
        return value ? "true" : "false";
    else
        return std::to_string(value);
}
inline std::string show(const std::string& value) {
    return value;
}
inline std::string show(Amount value) {
    return value.text();
}
inline std::string show(Timestamp value) {
    const std::string whole = text(value);
    return whole.starts_with("2026-01-01T") ? whole.substr(11) : whole;
}
template <Word E>
std::string show(E word) {
    return std::string{text(word)};
}
template <class T>
std::string show(const std::optional<T>& value) {
    return value ? show(*value) : "-";
}

// Tables as Postgres would have them: table → key → the other columns with their seq.
using Tables = std::map<std::string, std::map<std::string, std::string>>;

template <TableRow Row>
void store(Tables& tables, const Row& row, bool is_erased) {
    std::string key, rest;
    std::size_t i = 0;
    const auto add = [&](const auto& column) {
        std::string& to = i++ < Row::kKeys ? key : rest;
        to += (to.empty() ? "" : " ") + show(row.*column.member);
    };
    Row::columns([&](const auto&... column) { (add(column), ...); });
    if (Row::kKeys == 0) key = std::to_string(row.seq);
    auto& table = tables[std::string{Row::kTable}];
    if (is_erased)
        table.erase(key);
    else
        table[key] = rest + " #" + std::to_string(row.seq);
}

template <class State>
void store_changes(Tables& tables, State& state) {
    for_each_table(state, [&](const auto& table) {
        if constexpr (requires { table.touched(); }) {
            for (const auto* row : table.touched())
                store(tables, *row, row->erased);
        } else {
            for (const auto& row : table.rows())
                store(tables, row, false);
        }
    });
}

template <class Map, class Key>
std::optional<typename Map::mapped_type> found_in(const Map& map, const Key& key) {
    const auto found = map.find(key);
    if (found == map.end()) return std::nullopt;
    return found->second;
}

// The rows in which two sets of tables differ, one a line.
inline std::string difference(const Tables& a, const Tables& b) {
    std::string all;
    const auto compare = [&](const Tables& left, const Tables& right, char sign) {
        for (const auto& [table, rows] : left) {
            for (const auto& [key, row] : rows) {
                const auto there = right.find(table);
                const auto same =
                    there == right.end() ? std::nullopt : found_in(there->second, key);
                if (same == row) continue;
                all.append(1, sign).append(" ").append(table).append(" ");
                all.append(key).append(": ").append(row).append("\n");
            }
        }
    };
    compare(a, b, '-');
    compare(b, a, '+');
    return all;
}

// What Postgres would answer, from what was written and from what the test says of other shards.
struct Archive {
    std::map<std::string, std::int32_t> homes;
    std::map<std::pair<std::int64_t, std::string>, TradeFact> trades;
    std::map<std::pair<std::int64_t, std::string>, TransferFact> transfers;
    // By contest and wallet: the username of who is in.
    std::map<std::pair<std::int64_t, std::int64_t>, std::string> members;
    // By symbol, interval and opening.
    std::map<std::tuple<std::int64_t, Interval, Timestamp>, CandleRow> candles;
};

inline void answer(Ledger& ledger, const Archive& archive, const Question& question) {
    const std::pair id{question.no, question.text};
    const std::pair member{question.no, question.other_no};
    switch (question.kind) {
        case Question::Kind::home:
            return ledger.homes.learn(question.text, found_in(archive.homes, question.text));
        case Question::Kind::trade:
            return ledger.trade_ids.learn(id.first, id.second, found_in(archive.trades, id));
        case Question::Kind::transfer:
            return ledger.transfer_ids.learn(id.first, id.second, found_in(archive.transfers, id));
        case Question::Kind::member:
            return ledger.members.learn(
                member.first, member.second, found_in(archive.members, member)
            );
        case Question::Kind::candles:
            return;
    }
}

inline void answer(Market& market, const Archive& archive, const Question& question) {
    if (question.kind == Question::Kind::candles) {
        std::vector<CandleRow> around;
        for (std::size_t i = 0; i < kIntervals; ++i) {
            const auto interval = static_cast<Interval>(i);
            const std::tuple key{question.no, interval, opening_of(interval, question.at)};
            if (const auto found = found_in(archive.candles, key)) around.push_back(*found);
        }
        market.learn(question.no, question.at, around);
        return;
    }
    market.homes.learn(question.text, found_in(archive.homes, question.text));
}

inline std::string show(const Verdict& verdict) {
    switch (verdict.outcome) {
        case Outcome::applied:
            return "applied";
        case Outcome::retried:
            return "retried";
        case Outcome::refused:
            return std::string{text(verdict.error.code)};
        case Outcome::asks:
            return "asks";
    }
    return "";
}

template <class State>
class World {
public:
    World() = default;
    // It stays where it is made.
    explicit World(const std::function<void(World&)>& begin) { begin(*this); }

    State state{0};
    Tables tables;
    Digest digest{0};  // of all rows in them
    Archive archive;
    Timestamp log_time = at(0);

    // Takes the event `later` after the record before; what became of it.
    std::string take(const Result<Event>& event, std::chrono::milliseconds later = {}) {
        log_time += later;
        Place place{topic_of_event(event), 0, offset_++, log_time};
        Verdict verdict = apply(state, place, event);
        while (verdict.outcome == Outcome::asks) {
            answer(state.book, archive, *verdict.question);
            verdict = apply(state, place, event);
        }
        last_error = verdict.error;
        return show(verdict);
    }

    // Ends a batch: its rows are in the tables from now on.
    void commit() {
        finish_batch(state);
        store_changes(tables, state);
        digest += digest_change(state);
        if constexpr (std::is_same_v<State, ContestState>) remember();
        if constexpr (std::is_same_v<State, MarketState>) remember_candles();
        for (const Home& home : state.book.homes.claims())
            archive.homes.emplace(home.key, home.partition);
        settle(state);
    }

    // The rows of a table, one a line, without their keys' numbers where `keys` is false.
    std::string rows(const std::string& table) {
        std::string all;
        for (const auto& [key, row] : tables[table])
            all += (all.empty() ? "" : "\n") + row;
        return all;
    }

    Error last_error;

private:
    static Topic topic_of_event(const Result<Event>& event) {
        return event ? topic_of(*event) : Topic::trades;
    }

    void remember() {
        for (const TradeRow& row : state.template get<TradeProjection>().trades.rows())
            archive.trades.insert_or_assign(
                {row.scope_no, row.trade_id},
                TradeFact{
                    .wallet_no = row.portfolio->row.wallet_no,
                    .symbol_no = row.symbol_no,
                    .side = row.side,
                    .amount = row.amount,
                    .price = row.price,
                    .fee = row.fee,
                    .at = row.traded_at}
            );
        std::map<std::int64_t, std::int64_t> wallets;
        const auto note_wallets = [&](const Accounts& accounts) {
            for (const Portfolio& portfolio : accounts.portfolios)
                wallets[portfolio.row.portfolio_no] = portfolio.row.wallet_no;
        };
        note_wallets(state.book.main);
        for (const Contest& contest : state.book.contests) {
            if (!contest.accounts) continue;
            note_wallets(*contest.accounts);
            for (const Portfolio& portfolio : contest.accounts->portfolios) {
                const std::pair key{contest.row.contest_no, portfolio.row.wallet_no};
                archive.members.erase(key);
                if (portfolio.is_in()) archive.members.emplace(key, portfolio.participant.username);
            }
        }
        for (const TransferRow& row : state.template get<TransferProjection>().transfers.rows()) {
            if (!row.transfer_id) continue;
            archive.transfers.insert_or_assign(
                {row.scope_no, *row.transfer_id},
                TransferFact{
                    .wallet_no = wallets.at(row.portfolio_no),
                    .kind = row.kind,
                    .amount = row.amount,
                    .at = row.transferred_at}
            );
        }
    }

    void remember_candles() {
        for (const CandleRow* row : state.template get<CandleProjection>().candles.touched()) {
            CandleRow& kept = archive.candles[{row->symbol_no, row->interval, row->opened_at}] =
                *row;
            kept.touched = false;
            kept.stored = true;
        }
    }

    std::int64_t offset_{0};
};

using ContestWorld = World<ContestState>;
using MarketWorld = World<MarketState>;

// An active contest with these wallets in it.
inline ContestWorld active_contest(const std::vector<std::string>& wallets) {
    return ContestWorld{[&](ContestWorld& world) {
        world.take(created("c"));
        for (const std::string& wallet : wallets)
            world.take(joined("c", wallet));
        world.take(started("c"));
    }};
}

// "cash 800 put in 1000 realized 0 fees 0 | SOL 2 cost 200": a portfolio and its positions.
inline std::string holdings(
    ContestWorld& world,
    const std::string& wallet,
    const std::optional<std::string>& contest = "c"
) {
    const Wallet* known = world.state.book.find_wallet(wallet);
    if (known == nullptr) return "unknown wallet";
    const Portfolio* portfolio = known->main;
    if (contest) portfolio = world.state.book.find_contest(*contest)->accounts->find(known);
    if (portfolio == nullptr) return "no portfolio";
    const PortfolioRow& row = portfolio->row;
    std::string all = "cash " + row.cash.text() + " put in " + row.put_in.text() + " realized " +
                      row.realized_pnl.text() + " fees " + row.fees.text();
    for (const Position* held : portfolio->positions)
        all += " | " + held->symbol->row.symbol + ' ' + held->row.quantity.text() + " cost " +
               held->row.cost.text();
    return all;
}

// "1 a 1100 (10)\n2 b 1000 (0)": the board as it was ranked last.
inline std::string board(ContestWorld& world) {
    std::multimap<std::pair<std::int32_t, std::string>, std::string> lines;
    for (const Portfolio& portfolio : world.state.book.find_contest("c")->accounts->portfolios) {
        if (!portfolio.on_board) continue;
        const LeaderboardRow& row = portfolio.board;
        const std::string& wallet = portfolio.wallet->row.wallet_address;
        lines.emplace(
            std::pair{row.rank, wallet},
            show(std::int64_t{row.rank}) + ' ' + wallet + ' ' + show(row.portfolio_value) + " (" +
                show(row.performance) + ')'
        );
    }
    std::string all;
    for (const auto& [key, line] : lines)
        all += (all.empty() ? "" : "\n") + line;
    return all;
}

}  // namespace duel::projector
