#pragma once

#include "projector/rules/digest.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>
#include <utility>
#include <vector>

// Rows of the read model as plain structs, and what of them is still to be written.
//
// A row lists its columns once; writing to Postgres and reading back follow the list. The columns
// `shard` and `seq` belong to every table and are not in it.
namespace duel::projector {

template <class Row, class Member>
struct Column {
    std::string_view name;
    Member Row::*member;
};

// Spelled as SQL wants it, with quotes where the name is a keyword.
template <class Row, class Member>
constexpr Column<Row, Member> column(std::string_view name, Member Row::*member) {
    return {name, member};
}

// kTable: its table. kKeys: so many leading columns identify a row. columns(visit) calls
// visit(column…) with all of them: a tuple would cost every source that includes it a second.
template <class T>
concept TableRow = requires {
    T::kTable;
    T::kKeys;
};

// What every row that can change carries beside its columns.
struct Versioned {
    std::int64_t seq{0};  // of the record that changed it last
    bool stored{false};   // Postgres has it
    bool touched{false};  // changed since the last settle()
    bool erased{false};   // to be deleted
    Digest digest{0};  // as Postgres has it, or will have it with this commit; 0 where it has none
};

// Rows that change in place: which of them changed since the last settle().
//
// A row changed many times is listed once, with its newest values. Rows must stay where they are
// from touch() to settle().
template <class RowType>
class Table {
public:
    using Row = RowType;

    void touch(Row& row, std::int64_t seq) {
        row.seq = seq;
        row.erased = false;
        list(row);
    }
    void erase(Row& row, std::int64_t seq) {
        row.seq = seq;
        row.erased = true;
        list(row);
    }
    // A row as Postgres has it that the feed may not have told yet.
    void tell(Row& row) { list(row); }

    const std::vector<Row*>& touched() const { return touched_; }
    std::size_t size() const { return touched_.size(); }

    // By how much the digest of all rows changes with what was touched. Once before each settle().
    Digest digest_change() {
        Digest change = 0;
        for (Row* row : touched_) {
            const Digest digest = row->erased ? 0 : digest_of(*row);
            change += digest - row->digest;
            row->digest = digest;
        }
        return change;
    }

    // What was touched is now in Postgres.
    void settle() {
        for (Row* row : touched_) {
            row->stored = !row->erased;
            row->touched = false;
        }
        touched_.clear();
    }

private:
    void list(Row& row) {
        if (row.touched) return;
        row.touched = true;
        touched_.push_back(&row);
    }

    std::vector<Row*> touched_;
};

// Rows that are written once and never change: those since the last settle(), in the log's order.
// They stay where they are until then.
template <class RowType>
class Append {
public:
    using Row = RowType;

    Row& add(Row row) { return rows_.emplace_back(std::move(row)); }
    const std::deque<Row>& rows() const { return rows_; }
    std::size_t size() const { return rows_.size(); }
    Digest digest_change() const {
        Digest change = 0;
        for (const Row& row : rows_)
            change += digest_of(row);
        return change;
    }
    void settle() { rows_.clear(); }

private:
    std::deque<Row> rows_;
};

}  // namespace duel::projector
