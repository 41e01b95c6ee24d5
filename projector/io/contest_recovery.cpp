#include "projector/io/reading.hpp"
#include "projector/io/recovery.hpp"

#include <fmt/format.h>
#include <unordered_map>

namespace duel::projector {
namespace {

using platform::Connection;
using platform::Params;

// Which portfolios belong into memory: those that still move, and those of contests whose end may
// not have been told. $1 is the shard, $2 where the feed stands.
constexpr std::string_view kLivePortfolios =
    " join portfolios p on p.portfolio_no = y.portfolio_no"
    " left join contests c on c.contest_no = p.contest_no"
    " where y.shard = $1 and (c.contest_no is null or c.ended_at is null or c.seq >= $2)";

class ContestRecovery {
public:
    ContestRecovery(Connection& connection, const ShardId& shard, const ShardPosition& position)
        : connection_{connection},
          published_{position.published_seq},
          state_{std::make_unique<ContestState>(shard.number())} {
        shard_.add(shard.number());
        live_.add(shard.number()).add(published_);
        state_->seq = position.seq;
        state_->pace = position.pace;
        state_->book.now = position.now;
        state_->book.numbering = Numbering{shard.number(), position.next_no};
        if (!position.is_new) {
            state_->book.trade_ids.forget_completeness();
            state_->book.transfer_ids.forget_completeness();
        }
    }

    std::unique_ptr<ContestState> recover() {
        read_names();
        read_portfolios();
        read_boards();
        read_last_minutes();
        read_untold_events();
        return std::move(state_);
    }

private:
    void read_names() {
        Ledger& ledger = state_->book;
        read_all<ContestRow>(
            connection_,
            " where y.shard = $1 order by y.contest_no",
            shard_,
            [&](ContestRow row) {
                Contest& contest = ledger.add(std::move(row));
                contests_.emplace(contest.row.contest_no, &contest);
                if (contest.row.seq < published_) return;
                if (contest.ended()) {
                    contest.accounts = std::make_unique<Accounts>();
                    ledger.end(contest);
                }
                ledger.tell(contest, contest.row.seq);
            }
        );
        read_all<WalletRow>(
            connection_,
            " where y.shard = $1 order by y.wallet_no",
            shard_,
            [&](WalletRow row) {
                Wallet& wallet = ledger.add(std::move(row));
                wallets_.emplace(wallet.row.wallet_no, &wallet);
            }
        );
        read_all<SymbolRow>(
            connection_,
            " where y.shard = $1 order by y.symbol_no",
            shard_,
            [&](SymbolRow row) {
                Symbol& symbol = ledger.add(std::move(row));
                symbols_.emplace(symbol.row.symbol_no, &symbol);
            }
        );
        read_all<MarkRow>(connection_, " where y.shard = $1", shard_, [&](MarkRow row) {
            Symbol& symbol = *symbols_.at(row.symbol_no);
            symbol.mark = row;
            symbol.marked = true;
        });
    }

    void read_portfolios() {
        Ledger& ledger = state_->book;
        const std::string rest{kLivePortfolios};
        const auto read_portfolio = [&](PortfolioRow row) {
            Contest* contest = row.contest_no ? contests_.at(*row.contest_no) : nullptr;
            Accounts& accounts = contest != nullptr ? *contest->accounts : ledger.main;
            Portfolio& portfolio = accounts.add(*wallets_.at(row.wallet_no), contest);
            row.owner = &portfolio;
            portfolio.row = row;
            portfolio.board.portfolio_no = row.portfolio_no;
            portfolio.board.contest_no = row.contest_no.value_or(0);
            portfolios_.emplace(row.portfolio_no, &portfolio);
            if (row.seq >= published_) ledger.changed.portfolios.tell(portfolio.row);
        };
        read_all<PortfolioRow>(
            connection_, rest + " order by y.portfolio_no", live_, read_portfolio
        );
        read_all<ParticipantRow>(connection_, rest, live_, [&](ParticipantRow row) {
            portfolios_.at(row.portfolio_no)->participant = std::move(row);
        });
        const auto read_position = [&](PositionRow row) {
            Portfolio& portfolio = *portfolios_.at(row.portfolio_no);
            Accounts& accounts =
                portfolio.contest != nullptr ? *portfolio.contest->accounts : ledger.main;
            Position& position = accounts.add(portfolio, *symbols_.at(row.symbol_no));
            position.row = row;
            if (row.seq >= published_) ledger.changed.positions.tell(position.row);
        };
        read_all<PositionRow>(
            connection_, rest + " order by y.portfolio_no, y.symbol_no", live_, read_position
        );
    }

    void read_boards() {
        auto& leaderboard = state_->get<LeaderboardProjection>().leaderboard;
        read_all<LeaderboardRow>(
            connection_,
            std::string{kLivePortfolios},
            live_,
            [&](LeaderboardRow row) {
                Portfolio& portfolio = *portfolios_.at(row.portfolio_no);
                row.owner = &portfolio;
                portfolio.board = row;
                portfolio.on_board = true;
                if (row.seq >= published_) leaderboard.tell(portfolio.board);
            }
        );
        // Which removals were told is nowhere written, and telling one again does no harm.
        for (const auto& [no, portfolio] : portfolios_) {
            if (portfolio->contest == nullptr || portfolio->is_in() || portfolio->on_board)
                continue;
            leaderboard.erase(portfolio->board, portfolio->participant.seq);
        }
    }

    void read_last_minutes() {
        read_newest<EquityHistoryRow>([&](const EquityHistoryRow& row) {
            LastMinute& last = portfolios_.at(row.portfolio_no)->last_minute;
            last.has_equity = true;
            last.equity = row.equity;
            last.put_in = row.put_in;
        });
        read_newest<LeaderboardHistoryRow>([&](const LeaderboardHistoryRow& row) {
            LastMinute& last = portfolios_.at(row.portfolio_no)->last_minute;
            last.ranked = row.rank.has_value();
            last.rank = row.rank.value_or(0);
            last.portfolio_value = row.portfolio_value;
            last.performance = row.performance;
        });
    }

    // The row of the newest minute of every live portfolio.
    template <TableRow Row, class OnRow>
    void read_newest(OnRow&& on_row) {
        connection_.stream(
            fmt::format(
                "select {} from portfolios p left join contests c on c.contest_no = "
                "p.contest_no"
                " cross join lateral (select * from {} h where h.portfolio_no = p.portfolio_no"
                " order by h.minute desc limit 1) y"
                " where p.shard = $1 and (c.contest_no is null or c.ended_at is null or c.seq >= "
                "$2)",
                RowReader<Row>::columns(),
                Row::kTable
            ),
            live_,
            [&](const platform::Row& answer) { on_row(RowReader<Row>::read(answer)); }
        );
    }

    // They are told, not written again: the caller settles before anything is.
    void read_untold_events() {
        const std::string rest = " where y.shard = $1 and y.seq > $2 order by y.seq";
        read_all<TradeRow>(connection_, rest, live_, [&](TradeRow row) {
            row.portfolio = portfolios_.at(row.portfolio_no);
            row.symbol = symbols_.at(row.symbol_no);
            state_->get<TradeProjection>().trades.add(std::move(row));
        });
        read_all<MembershipRow>(connection_, rest, live_, [&](MembershipRow row) {
            row.portfolio = portfolios_.at(row.portfolio_no);
            state_->get<ParticipantProjection>().membership.add(std::move(row));
        });
    }

    Connection& connection_;
    std::int64_t published_;
    std::unique_ptr<ContestState> state_;
    Params shard_;
    Params live_;
    std::unordered_map<std::int64_t, Contest*> contests_;
    std::unordered_map<std::int64_t, Wallet*> wallets_;
    std::unordered_map<std::int64_t, Symbol*> symbols_;
    std::unordered_map<std::int64_t, Portfolio*> portfolios_;
};

}  // namespace

std::unique_ptr<ContestState>
recover_contests(Connection& connection, const ShardId& shard, const ShardPosition& position) {
    Reading reading{connection};
    auto state = ContestRecovery{connection, shard, position}.recover();
    reading.end();
    return state;
}

}  // namespace duel::projector
