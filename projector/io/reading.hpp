#pragma once

#include "platform/postgres.hpp"
#include "projector/io/row_reader.hpp"

#include <string>
#include <string_view>

namespace duel::projector {

// A view of all tables at one moment, with the joins that reading everything wants: the session may
// have them off.
class Reading {
public:
    explicit Reading(platform::Connection& connection)
        : transaction_{connection, "isolation level repeatable read read only"} {
        connection.exec("set local enable_hashjoin = on; set local enable_mergejoin = on");
    }
    void end() { transaction_.commit(); }

private:
    platform::Transaction transaction_;
};

// Calls on_row(row) for the rows of a table; `rest` is the SQL after its name, y.
template <TableRow Row, class OnRow>
void read_all(
    platform::Connection& connection,
    std::string_view rest,
    const platform::Params& params,
    OnRow&& on_row
) {
    connection.stream(
        RowReader<Row>::select() + std::string{rest},
        params,
        [&](const platform::Row& answer) { on_row(RowReader<Row>::read(answer)); }
    );
}

}  // namespace duel::projector
