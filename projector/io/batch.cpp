#include "projector/io/batch.hpp"

#include "projector/io/answers.hpp"
#include "projector/io/apply_again.hpp"
#include "projector/io/row_writer.hpp"
#include "projector/rules/apply.hpp"

#include <algorithm>
#include <type_traits>

namespace duel::projector {

template <class State>
void move_on(ShardPosition& position, State& state) {
    position.seq = state.seq;
    position.next_no = state.book.numbering.next();
    position.now = state.book.now;
    position.pace = state.pace;
    if (position.digest) *position.digest += digest_change(state);
}

template <class State>
double send_batch(
    platform::Pipeline& pipeline,
    const ShardId& shard,
    const ShardPosition& position,
    State& state,
    std::int64_t lag
) {
    write_position(pipeline, shard, position, lag);
    claim_homes(pipeline, state.shard, state.book.homes);
    std::size_t rows = 0, ranked = 0;
    for_each_table(state, [&](const auto& table) {
        using Row = typename std::decay_t<decltype(table)>::Row;
        RowWriter<Row>::send(pipeline, state.shard, table);
        rows += table.size();
        if constexpr (std::is_same_v<Row, LeaderboardRow>) ranked += table.size();
    });
    return static_cast<double>(ranked) / static_cast<double>(std::max(rows, std::size_t{1}));
}

template <class State>
void end_batch(
    platform::Pipeline& pipeline,
    const ShardId& shard,
    State& state,
    const std::vector<DeadLetter>& letters
) {
    platform::Connection& connection = pipeline.connection();
    try {
        pipeline.finish();
        for_each_table(state, [&](const auto& table) {
            using Row = typename std::decay_t<decltype(table)>::Row;
            RowWriter<Row>::copy(connection, state.shard, table);
        });
        write_dead_letters(connection, shard, letters);
    } catch (const platform::SqlError& error) {
        const bool is_old_id = error.constraint == "trades_scope_no_trade_id" ||
                               error.constraint == "transfers_scope_no_transfer_id_key";
        if (!error.is_unique_violation() || !is_old_id) throw;
        throw OldId("an old id came again");
    }
}

template void move_on(ShardPosition&, ContestState&);
template void move_on(ShardPosition&, MarketState&);
template double
send_batch(platform::Pipeline&, const ShardId&, const ShardPosition&, ContestState&, std::int64_t);
template double
send_batch(platform::Pipeline&, const ShardId&, const ShardPosition&, MarketState&, std::int64_t);
template void
end_batch(platform::Pipeline&, const ShardId&, ContestState&, const std::vector<DeadLetter>&);
template void
end_batch(platform::Pipeline&, const ShardId&, MarketState&, const std::vector<DeadLetter>&);

}  // namespace duel::projector
