#include "ingest/rules/tape_recording.hpp"

#include "ingest/rules/csv_row.hpp"

#include <array>
#include <charconv>
#include <string>

namespace duel::ingest {
namespace {

constexpr std::string_view kHeader = "recv_ns,market,symbol,kind,exch_ms,id,";

// Columns of the tape.
constexpr std::size_t kMarket = 1;
constexpr std::size_t kPair = 2;
constexpr std::size_t kKind = 3;
constexpr std::size_t kExchangeMs = 4;
constexpr std::size_t kId = 5;
constexpr std::size_t kPrice = 6;
constexpr std::size_t kSize = 7;
constexpr std::size_t kSide = 8;
constexpr std::size_t kColumns = 10;

Error invalid(std::string_view field, std::string_view value, std::string wanted) {
    return Error{Code::invalid_field, std::string{field}, std::string{value}, std::move(wanted)};
}

// The token that a pair or perpetual trades; empty when the name is of another kind.
std::string_view token_of(std::string_view pair) {
    for (const std::string_view quote : {"USDT", "USD_PERP"})
        if (pair.ends_with(quote)) return pair.substr(0, pair.size() - quote.size());
    return {};
}

// What so many COIN-M contracts are worth in tokens; empty beyond the range of amounts.
std::optional<Amount> tokens_of(Amount contracts, std::string_view token, Amount price) try {
    const Amount dollars = Amount::from_integer(token == "BTC" ? 100 : 10);
    return multiply_divide(contracts, dollars, price);
} catch (const AmountOverflow&) {
    return std::nullopt;
}

}  // namespace

bool is_tape_header(std::string_view row) {
    return row.starts_with(kHeader);
}

Result<std::optional<Price>> parse_tape_row(std::string_view row) {
    std::array<std::string_view, kColumns> fields;
    const std::size_t count = split_row(row, fields);
    if (count != kColumns) return invalid("row", row.substr(0, 80), "10 columns");
    if (fields[kKind] == "Q") return std::optional<Price>{};
    if (fields[kKind] != "T") return invalid("kind", fields[kKind], "T or Q");

    Price tick;
    const std::string_view token = token_of(fields[kPair]);
    if (token.empty()) return invalid("symbol", fields[kPair], "a pair in USDT or USD_PERP");
    tick.symbol = token;

    std::int64_t exchange_ms = 0;
    const std::string_view ms = fields[kExchangeMs];
    const auto read = std::from_chars(ms.data(), ms.data() + ms.size(), exchange_ms);
    if (read.ec != std::errc{} || read.ptr != ms.data() + ms.size())
        return invalid("exch_ms", ms, "whole milliseconds");
    const auto at = from_epoch_ms(exchange_ms);
    if (!at) return invalid("exch_ms", ms, at.error().wanted);
    tick.timestamp = *at;

    const auto price = Amount::parse(fields[kPrice]);
    if (!price || *price <= Amount{}) return invalid("price", fields[kPrice], "a number above 0");
    tick.price = *price;

    const auto size = Amount::parse(fields[kSize]);
    if (!size || *size <= Amount{}) return invalid("size", fields[kSize], "a number above 0");
    const bool counts_contracts = fields[kMarket] == "cm";
    tick.size = counts_contracts ? tokens_of(*size, token, tick.price) : *size;

    if (!tick.size || tick.size->is_zero()) return invalid("size", fields[kSize], "contracts");

    if (fields[kSide] != "b" && fields[kSide] != "s")
        return invalid("side", fields[kSide], "b or s");
    tick.side = fields[kSide] == "b" ? Side::buy : Side::sell;
    tick.source = std::string{fields[kMarket]};
    tick.tick_id = std::string{fields[kId]};
    return std::optional{std::move(tick)};
}

}  // namespace duel::ingest
