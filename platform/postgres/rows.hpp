#pragma once

// What a statement answered.
//
// A cell is read as the C++ type that is asked for, from binary or text format alike; integers
// widen, never narrow. NULL is only read as an optional. A wrong type or column is a mistake in the
// program: std::logic_error with the column's name. Views into cells live as long as the Rows.

#include "platform/postgres/wire.hpp"

#include <cstdint>
#include <iterator>
#include <libpq-fe.h>
#include <memory>
#include <string>

namespace duel::platform {

class Rows;
class SingleRow;

// One row; a view into its Rows.
class Row {
public:
    // bool, int16/32/64, double, std::string, std::string_view, Amount, Timestamp, Bytes (binary
    // format only) or an optional of those. A string_view of a numeric or time is what Postgres
    // printed, in text format only.
    template <class T>
    T get(int column) const;
    template <class T>
    T get(const char* column) const {
        return get<T>(column_number(column));
    }

    bool is_null(int column) const { return PQgetisnull(result_, row_, column) != 0; }

private:
    friend class Rows;
    friend class SingleRow;
    Row(const PGresult* result, int row) : result_(result), row_(row) {}

    int column_number(const char* name) const;
    std::string_view cell(int column) const;
    bool is_binary(int column) const { return PQfformat(result_, column) == 1; }
    [[noreturn]] void fail(int column, const char* wanted) const;

    std::int64_t read_integer(int column, const char* wanted, std::size_t most_bytes) const;
    bool read_bool(int column) const;
    double read_double(int column) const;
    std::string_view read_text(int column) const;
    Bytes read_bytes(int column) const;
    Amount read_amount(int column) const;
    Timestamp read_timestamp(int column) const;

    const PGresult* result_;
    int row_;
};

class Rows {
public:
    explicit Rows(PGresult* result) : result_(result, &PQclear) {}

    int size() const { return PQntuples(result_.get()); }
    bool empty() const { return size() == 0; }
    Row operator[](int row) const;
    // The only row of a statement that always has one; std::logic_error otherwise. Of a temporary
    // it keeps the answer alive, so `auto row = connection.exec(…).one();` is fine.
    Row one() const&;
    SingleRow one() &&;

    // Rows that an INSERT, UPDATE, DELETE or COPY touched; 0 for others.
    std::int64_t affected() const;

    class Iterator {
    public:
        Iterator(const Rows* rows, int row) : rows_(rows), row_(row) {}
        Row operator*() const { return (*rows_)[row_]; }
        Iterator& operator++() {
            ++row_;
            return *this;
        }
        bool operator==(const Iterator&) const = default;

    private:
        const Rows* rows_;
        int row_;
    };
    Iterator begin() const { return {this, 0}; }
    Iterator end() const { return {this, size()}; }

    const PGresult* get() const { return result_.get(); }

private:
    std::unique_ptr<PGresult, decltype(&PQclear)> result_;
};

// A row that owns its answer.
class SingleRow : public Row {
private:
    friend class Rows;
    explicit SingleRow(Rows rows);

    Rows rows_;
};

template <class T>
T Row::get(int column) const {
    if constexpr (wire::IsOptional<T>::value) {
        if (is_null(column)) return std::nullopt;
        return get<typename T::value_type>(column);
    } else if constexpr (std::same_as<T, bool>) {
        return read_bool(column);
    } else if constexpr (std::same_as<T, std::int16_t>) {
        return static_cast<T>(read_integer(column, "int16", 2));
    } else if constexpr (std::same_as<T, std::int32_t>) {
        return static_cast<T>(read_integer(column, "int32", 4));
    } else if constexpr (std::same_as<T, std::int64_t>) {
        return read_integer(column, "int64", 8);
    } else if constexpr (std::same_as<T, double>) {
        return read_double(column);
    } else if constexpr (std::same_as<T, Amount>) {
        return read_amount(column);
    } else if constexpr (std::same_as<T, Timestamp>) {
        return read_timestamp(column);
    } else if constexpr (std::same_as<T, Bytes>) {
        return read_bytes(column);
    } else {
        return T(read_text(column));
    }
}

}  // namespace duel::platform
