#include "projector/io/tables.hpp"

#include "projector/io/row_sql.hpp"
#include "projector/rules/apply.hpp"

#include <type_traits>

namespace duel::projector {
namespace {

using Clock = std::chrono::steady_clock;

template <class State>
Clock::duration write_changed(platform::Connection& connection, State& state) {
    Clock::duration ranking{};
    for_each_table(state, [&](const auto& table) {
        using Row = typename std::decay_t<decltype(table)>::Row;
        const auto begin = Clock::now();
        write_table<Row>(connection, state.shard, table);
        if constexpr (std::is_same_v<Row, LeaderboardRow>) {
            if (!table.touched().empty()) ranking += Clock::now() - begin;
        }
    });
    return ranking;
}

}  // namespace

Clock::duration write_tables(platform::Connection& connection, ContestState& state) {
    return write_changed(connection, state);
}

Clock::duration write_tables(platform::Connection& connection, MarketState& state) {
    return write_changed(connection, state);
}

}  // namespace duel::projector
