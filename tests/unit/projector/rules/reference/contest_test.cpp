#include "tests/unit/projector/rules/reference/contest.hpp"

#include "tests/unit/projector/rules/random_stream.hpp"
#include "tests/unit/projector/rules/reference/occurrences.hpp"
#include "tests/unit/projector/rules/reference/written_contests.hpp"

#include <catch2/catch.hpp>

#include <random>

namespace duel::projector::reference {
namespace {

using namespace std::chrono_literals;

// One stream through the projector and the reference. Every second seed keeps the usual pace of
// rankings; the others are ranked only where it is said here, so that the time of every ranking is
// known.
class Comparison {
public:
    Comparison(std::uint64_t seed, Occurrences& seen)
        : seen_{seen}, random_{seed}, is_paced_{seed % 2 == 0} {
        if (!is_paced_) world_.state.pace.pace = std::chrono::days{10'000};
    }

    void run(std::vector<Event> events) {
        std::size_t left_in_batch = 1;
        for (Event& event : events) {
            take(event);
            if (below(100) == 0) rank();
            if (--left_in_batch > 0) continue;
            commit();
            left_in_batch = 1 + below(200);
        }
        commit();
        seen_.note_rows(reference_.tables());
    }

private:
    std::size_t below(std::size_t n) {
        return std::uniform_int_distribution<std::size_t>{0, n - 1}(random_);
    }

    // Records come 7 ms apart, none before its event, but for some: those lie as far in the future
    // as they may, or a little further.
    void take(Event& event) {
        world_.log_time = std::max(world_.log_time + 7ms, time_of(event));
        const Timestamp limit = world_.log_time + 1min;
        if (below(100) == 0)
            std::visit([&](auto& e) { e.timestamp = limit + below(2) * 1us; }, event);
        seen_.expect(event, reference_.books());
        const std::string outcome = world_.take(event);
        INFO("record " << world_.state.seq << ", " << type_of(event) << ": " << outcome);
        REQUIRE(outcome == reference_.take(event, world_.log_time));
        seen_.note(event, outcome, limit);
    }

    void rank() {
        rank_in_silence(world_.state);
        reference_.rank();
        seen_.note_ranking(reference_.books());
    }

    void commit() {
        if (is_paced_) rank();
        written_.see(world_.state);
        world_.commit();
        if (is_paced_) {
            written_.tables.erase("leaderboard.ranked_at");
            reference_.tables().erase("leaderboard.ranked_at");
        }
        INFO("up to record " << world_.state.seq);
        if (written_.tables != reference_.tables()) {
            const std::string differing = difference(written_.tables, reference_.tables());
            INFO(differing);
            REQUIRE(differing.empty());
        }
        for (const auto& contest : world_.state.book.contests) {
            if (!contest.accounts) continue;
            const Contest& known = reference_.books().contests.at(contest.row.contest_id);
            compare_values(*contest.accounts, known.accounts);
        }
        compare_values(world_.state.book.main, reference_.books().main);
    }

    // What the views and the WebSocket server work out of positions.
    void compare_values(const Accounts& accounts, const std::map<std::string, Account>& known) {
        for (const projector::Portfolio& portfolio : accounts.portfolios) {
            const std::string& wallet = portfolio.wallet->row.wallet_address;
            const auto& lots = known.at(wallet).portfolio.lots;
            for (const Position* held : portfolio.positions) {
                const std::string& symbol = held->symbol->row.symbol;
                const PositionRow& row = held->row;
                const std::string values = cells(
                    unrealized_pnl(row.quantity, row.cost, held->symbol->mark.price),
                    average_price(row.quantity, row.cost)
                );
                INFO(wallet << "'s " << symbol);
                const Lot& lot = lots.at(symbol);
                const Mark& mark = reference_.books().marks.at(symbol);
                REQUIRE(values == cells(lot.unrealized(mark), lot.average_price()));
                seen_.note_value(lot, mark);
            }
        }
    }

    ContestWorld world_;
    WrittenContests written_;
    ContestReference reference_;
    Occurrences& seen_;
    std::mt19937_64 random_;
    bool is_paced_;
};

// What the streams must have brought, and how often at least.
constexpr std::pair<const char*, int> kOccurrences[] = {
    {"late", 5'000},
    {"in the future", 100},
    {"amount of 1e-18", 1'000},
    {"amount of 1e15", 1'000},
    {"amount of 10^20", 100},
    {"trade applied", 30'000},
    {"trade retried", 500},
    {"trade DUPLICATE_CONFLICT", 500},
    {"trade UNKNOWN_CONTEST", 500},
    {"trade CONTEST_NOT_ACTIVE", 500},
    {"trade NOT_A_PARTICIPANT", 500},
    {"trade that adds", 2'000},
    {"trade that reduces", 2'000},
    {"trade that closes", 500},
    {"trade that flips", 2'000},
    {"deposit retried", 20},
    {"deposit DUPLICATE_CONFLICT", 20},
    {"withdrawal DUPLICATE_CONFLICT", 20},
    {"contest_created DUPLICATE_CONFLICT", 20},
    {"contest_completed applied", 200},
    {"contest_completed CONTEST_NOT_ACTIVE", 100},
    {"contest_cancelled applied", 100},
    {"participant_joined DUPLICATE_CONFLICT", 500},
    {"participant_joined CONTEST_NOT_ACTIVE", 500},
    {"participant_left applied", 500},
    {"participant_left NOT_A_PARTICIPANT", 500},
    {"rejoining", 200},
    {"shared rank", 500},
    {"ranked with nothing put in", 500},
    {"ranked without a performance", 500},
    {"ranked without a value", 500},
    {"position without unrealized PnL", 500},
    {"rows of final_standings", 500},
    {"rows of final_marks", 500},
    {"rows of equity_history", 50'000},
    {"rows of equity_history that begin with null", 1'000},
    {"rows of leaderboard_history", 20'000},
    {"rows of leaderboard_history that begin with null", 300},
};

TEST_CASE("an independent computation agrees on every row of a contest shard", "[reference]") {
    Occurrences seen;
    for (std::uint64_t seed = 100; seed < 200; ++seed) {
        INFO("seed " << seed);
        Comparison{seed, seen}.run(RandomStream{seed}.make(2'000));
    }
    INFO(seen.text());
    for (const auto& [what, least] : kOccurrences) {
        CAPTURE(what);
        REQUIRE(seen.of(what) >= least);
    }
}

}  // namespace
}  // namespace duel::projector::reference
