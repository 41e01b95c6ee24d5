#pragma once

// Rows for `COPY … FROM STDIN (FORMAT binary)`, collected in one buffer.
//
//     BinaryCopy trades{"trades", {"scope_no", "trade_id", "amount"}};
//     trades.row(scope_no, trade_id, amount);
//     connection.copy(trades);
//     trades.clear();
//
// Collecting needs no connection, so another thread may do it. Values must be exactly of the
// columns' types: a std::int32_t for an int8 column is refused by the server. clear() keeps the
// memory.

#include "platform/postgres/wire.hpp"

#include <initializer_list>

namespace duel::platform {

class BinaryCopy {
public:
    // `table` and `columns` are SQL as they stand: quote what needs it.
    BinaryCopy(std::string_view table, std::initializer_list<std::string_view> columns);

    // One row, a value for every column in their order; optionals and nullopt are NULL.
    template <class... Values>
    void row(const Values&... values) {
        begin_row(sizeof...(values));
        (wire::append_field(buffer_, values), ...);
    }

    // The same value by value; `put` must follow once for every column.
    void begin_row();
    template <class T>
    void put(const T& value) {
        wire::append_field(buffer_, value);
    }

    std::size_t size() const { return rows_; }
    bool empty() const { return rows_ == 0; }
    void clear();

    const std::string& statement() const { return statement_; }
    // Header and rows; the trailer is sent by Connection::copy.
    std::string_view bytes() const { return buffer_; }

private:
    void begin_row(std::size_t fields);

    std::string statement_;
    std::size_t columns_;
    std::size_t rows_ = 0;
    std::string buffer_;
};

}  // namespace duel::platform
