#pragma once

#include "platform/postgres.hpp"
#include "projector/rules/table.hpp"

#include <cstdint>
#include <string>

namespace duel::projector {

struct RowsDigest {
    Digest digest{0};
    std::int64_t rows{0};
};

// Reads rows of a table back, its name in the SQL being y. Compiled for every row type in
// row_reader.cpp.
template <TableRow Row>
struct RowReader {
    // "y.seq, y.a, y.b": what read() wants.
    static std::string columns();
    // "select y.seq, y.a, y.b from t y".
    static std::string select();
    static Row read(const platform::Row& answer);
    // Of all rows of a shard.
    static RowsDigest digest(platform::Connection& connection, std::int16_t shard);
};

}  // namespace duel::projector
