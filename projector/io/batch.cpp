#include "projector/io/batch.hpp"

#include "projector/io/answers.hpp"
#include "projector/io/apply_again.hpp"
#include "projector/io/row_writer.hpp"
#include "projector/rules/apply.hpp"

#include <type_traits>

namespace duel::projector {
namespace {

using Clock = std::chrono::steady_clock;

template <class State>
Clock::duration write_tables(platform::Connection& connection, State& state) {
    Clock::duration ranking{};
    for_each_table(state, [&](const auto& table) {
        using Row = typename std::decay_t<decltype(table)>::Row;
        const auto begin = Clock::now();
        RowWriter<Row>::write(connection, state.shard, table);
        if constexpr (std::is_same_v<Row, LeaderboardRow>) {
            if (!table.touched().empty()) ranking += Clock::now() - begin;
        }
    });
    return ranking;
}

}  // namespace

template <class State>
void move_on(ShardPosition& position, State& state) {
    position.seq = state.seq;
    position.next_no = state.book.numbering.next();
    position.now = state.book.now;
    position.pace = state.pace;
    if (position.digest) *position.digest += digest_change(state);
}

template <class State>
std::chrono::steady_clock::duration write_batch(
    platform::Connection& connection,
    const ShardId& shard,
    const ShardPosition& position,
    State& state,
    const std::vector<DeadLetter>& letters,
    std::int64_t lag
) {
    write_position(connection, shard, position, lag);
    if (!claim_homes(connection, state.shard, state.book.homes))
        throw ApplyAgain("another shard has settled a home");
    try {
        const auto ranking = write_tables(connection, state);
        write_dead_letters(connection, shard, letters);
        return ranking;
    } catch (const platform::SqlError& error) {
        const bool is_old_id = error.constraint == "trades_scope_no_trade_id" ||
                               error.constraint == "transfers_scope_no_transfer_id_key";
        if (!error.is_unique_violation() || !is_old_id) throw;
        throw OldId("an old id came again");
    }
}

template void move_on(ShardPosition&, ContestState&);
template void move_on(ShardPosition&, MarketState&);
template Clock::duration write_batch(
    platform::Connection&,
    const ShardId&,
    const ShardPosition&,
    ContestState&,
    const std::vector<DeadLetter>&,
    std::int64_t
);
template Clock::duration write_batch(
    platform::Connection&,
    const ShardId&,
    const ShardPosition&,
    MarketState&,
    const std::vector<DeadLetter>&,
    std::int64_t
);

}  // namespace duel::projector
