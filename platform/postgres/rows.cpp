#include "platform/postgres/rows.hpp"

#include <bit>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace duel::platform {

namespace {

template <class T>
bool read_number(std::string_view text, T& out) {
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size();
}

// "2025-11-13 19:15:12.648+00", as a session in UTC prints it, in ISO's way.
std::string iso_from_postgres(std::string_view text) {
    std::string iso(text);
    if (auto space = iso.find(' '); space != std::string::npos) iso[space] = 'T';
    if (iso.ends_with("+00")) iso += ":00";
    return iso;
}

}  // namespace

std::string_view Row::cell(int column) const {
    if (is_null(column)) fail(column, "a value, but it is NULL");
    return {
        PQgetvalue(result_, row_, column),
        static_cast<std::size_t>(PQgetlength(result_, row_, column))};
}

int Row::column_number(const char* name) const {
    int column = PQfnumber(result_, name);
    if (column < 0) throw std::logic_error(std::string("answer has no column ") + name);
    return column;
}

void Row::fail(int column, const char* wanted) const {
    const char* name = PQfname(result_, column);
    throw std::logic_error(
        std::string("column ") + (name ? name : std::to_string(column).c_str()) + " of type " +
        std::to_string(PQftype(result_, column)) + ": wanted " + wanted
    );
}

std::int64_t Row::read_integer(int column, const char* wanted, std::size_t most_bytes) const {
    std::string_view bytes = cell(column);
    Oid type = PQftype(result_, column);
    std::size_t width = type == wire::kInt2   ? 2
                        : type == wire::kInt4 ? 4
                        : type == wire::kInt8 ? 8
                                              : 0;
    if (width == 0 || width > most_bytes) fail(column, wanted);
    if (is_binary(column)) {
        if (width == 2) return wire::read_int16(bytes.data());
        if (width == 4) return wire::read_int32(bytes.data());
        return wire::read_int64(bytes.data());
    }
    std::int64_t value = 0;
    if (!read_number(bytes, value)) fail(column, wanted);
    return value;
}

bool Row::read_bool(int column) const {
    std::string_view bytes = cell(column);
    if (PQftype(result_, column) != wire::kBool || bytes.size() != 1) fail(column, "bool");
    return bytes[0] == (is_binary(column) ? '\1' : 't');
}

double Row::read_double(int column) const {
    std::string_view bytes = cell(column);
    if (PQftype(result_, column) != wire::kFloat8) fail(column, "double");
    if (is_binary(column)) {
        return std::bit_cast<double>(wire::read_int64(bytes.data()));
    }
    double value = 0;
    if (!read_number(bytes, value)) fail(column, "double");
    return value;
}

std::string_view Row::read_text(int column) const {
    std::string_view bytes = cell(column);
    if (!is_binary(column)) return bytes;
    switch (PQftype(result_, column)) {
        case wire::kJsonb:
            return bytes.substr(1);  // behind the format's version
        case wire::kBool:
        case wire::kBytea:
        case wire::kInt2:
        case wire::kInt4:
        case wire::kInt8:
        case wire::kFloat8:
        case wire::kNumeric:
        case wire::kTimestamptz:
            fail(column, "a text");
        default:
            return bytes;  // text, varchar, name, json, enums: their binary form is their text
    }
}

Bytes Row::read_bytes(int column) const {
    std::string_view bytes = cell(column);
    if (!is_binary(column)) fail(column, "bytes in binary format");
    return {bytes};
}

Amount Row::read_amount(int column) const {
    std::string_view bytes = cell(column);
    if (PQftype(result_, column) != wire::kNumeric) fail(column, "numeric");
    auto amount = is_binary(column) ? from_numeric_binary(bytes) : Amount::parse(bytes);
    if (!amount) fail(column, amount.error().sentence().c_str());
    return *amount;
}

Timestamp Row::read_timestamp(int column) const {
    std::string_view bytes = cell(column);
    if (PQftype(result_, column) != wire::kTimestamptz) fail(column, "timestamptz");
    if (is_binary(column)) return wire::from_postgres_microseconds(wire::read_int64(bytes.data()));
    auto time = parse_timestamp(iso_from_postgres(bytes));
    if (!time) fail(column, time.error().sentence().c_str());
    return *time;
}

Row Rows::operator[](int row) const {
    if (row < 0 || row >= size()) {
        throw std::logic_error(
            "row " + std::to_string(row) + " of an answer of " + std::to_string(size())
        );
    }
    return {result_.get(), row};
}

Row Rows::one() const& {
    if (size() != 1) {
        throw std::logic_error("wanted one row, the answer has " + std::to_string(size()));
    }
    return (*this)[0];
}

SingleRow Rows::one() && {
    static_cast<void>(std::as_const(*this).one());  // throws unless there is just one
    return SingleRow(std::move(*this));
}

SingleRow::SingleRow(Rows rows) : Row(rows.get(), 0), rows_(std::move(rows)) {}

std::int64_t Rows::affected() const {
    std::int64_t count = 0;
    read_number(PQcmdTuples(result_.get()), count);
    return count;
}

}  // namespace duel::platform
