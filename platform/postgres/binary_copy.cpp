#include "platform/postgres/binary_copy.hpp"

#include <stdexcept>

namespace duel::platform {

namespace {

// Signature, no flags, no extension.
constexpr std::string_view kHeader("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);

}  // namespace

BinaryCopy::BinaryCopy(std::string_view table, std::initializer_list<std::string_view> columns)
    : columns_(columns.size()), buffer_(kHeader) {
    statement_.append("copy ").append(table).append(" (");
    bool is_first = true;
    for (std::string_view column : columns) {
        if (!is_first) statement_.append(", ");
        statement_.append(column);
        is_first = false;
    }
    statement_.append(") from stdin (format binary)");
}

void BinaryCopy::begin_row() {
    wire::append_int16(buffer_, static_cast<std::int16_t>(columns_));
    ++rows_;
}

void BinaryCopy::begin_row(std::size_t fields) {
    if (fields != columns_) {
        throw std::logic_error(
            std::to_string(fields) + " values for the " + std::to_string(columns_) +
            " columns of: " + statement_
        );
    }
    begin_row();
}

void BinaryCopy::clear() {
    buffer_.resize(kHeader.size());
    rows_ = 0;
}

}  // namespace duel::platform
