#include "ingest/rules/arena_recording.hpp"

#include "ingest/rules/csv_row.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace duel::ingest {
namespace {

constexpr std::string_view kHeader = "filled_at,symbol,side,shares,price,amount,reason,";
constexpr std::string_view kFileMark = "-trade-history-";
constexpr std::string_view kExchangeMark = "hyperliquid-";

// Columns of a wallet's file.
constexpr std::size_t kFilledAt = 0;
constexpr std::size_t kSymbol = 1;
constexpr std::size_t kSide = 2;
constexpr std::size_t kShares = 3;
constexpr std::size_t kPrice = 4;
constexpr std::size_t kFee = 12;
constexpr std::size_t kColumns = 13;

Error invalid(std::string_view field, std::string_view value, std::string wanted) {
    return Error{Code::invalid_field, std::string{field}, std::string{value}, std::move(wanted)};
}

Error malformed(std::string_view file, std::string_view json) {
    return Error{
        Code::malformed_json,
        std::string{file},
        std::string{json.substr(0, 80)},
        "the JSON of a recorded arena"};
}

}  // namespace

bool is_arena_header(std::string_view row) {
    return row.starts_with(kHeader);
}

Result<ArenaFill> parse_fill(std::string_view row) {
    std::array<std::string_view, kColumns> fields;
    const std::size_t count = split_row(row, fields);
    if (count != kColumns) return invalid("row", row.substr(0, 80), "13 columns");

    ArenaFill fill;
    const auto at = parse_timestamp(fields[kFilledAt]);
    if (!at) return invalid("filled_at", fields[kFilledAt], "an ISO-8601 UTC time");
    fill.at = *at;

    if (fields[kSymbol].empty()) return invalid("symbol", fields[kSymbol], "a name");
    fill.symbol = fields[kSymbol];

    if (fields[kSide] != "BUY" && fields[kSide] != "SELL")
        return invalid("side", fields[kSide], "BUY or SELL");
    fill.side = fields[kSide] == "BUY" ? Side::buy : Side::sell;

    const auto shares = Amount::parse(fields[kShares]);
    if (!shares || *shares <= Amount{})
        return invalid("shares", fields[kShares], "a number above 0");
    fill.shares = *shares;

    const auto price = Amount::parse(fields[kPrice]);
    if (!price || *price <= Amount{}) return invalid("price", fields[kPrice], "a number above 0");
    fill.price = *price;

    const auto fee = Amount::parse(fields[kFee]);
    if (!fee || *fee < Amount{}) return invalid("fee", fields[kFee], "a number, 0 or more");
    fill.fee = *fee;
    return fill;
}

std::optional<std::string> slug_of_file(std::string_view file_name) {
    const std::size_t mark = file_name.find(kFileMark);
    const bool is_csv = file_name.ends_with(".csv") || file_name.ends_with(".csv.zst");
    if (mark == std::string_view::npos || !is_csv) return std::nullopt;
    std::string_view slug = file_name.substr(0, mark);
    if (slug.starts_with(kExchangeMark)) slug.remove_prefix(kExchangeMark.size());
    if (slug.empty()) return std::nullopt;
    return std::string{slug};
}

std::string slug_of_model(std::string_view model) {
    std::string slug;
    for (const char letter : model) {
        const bool is_digit = letter >= '0' && letter <= '9';
        const bool is_small = letter >= 'a' && letter <= 'z';
        const bool is_capital = letter >= 'A' && letter <= 'Z';
        if (is_digit || is_small)
            slug += letter;
        else if (is_capital)
            slug += static_cast<char>(letter - 'A' + 'a');
        else if (!slug.empty() && slug.back() != '-')
            slug += '-';
    }
    if (slug.ends_with('-')) slug.pop_back();
    return slug;
}

Result<std::vector<TrackedWallet>> parse_tracked_wallets(std::string_view json) try {
    std::vector<TrackedWallet> wallets;
    const auto list = nlohmann::json::parse(json);
    for (const auto& entry : list.at("wallets"))
        wallets.push_back(
            {entry.at("address").get<std::string>(), entry.at("model").get<std::string>()}
        );
    return wallets;
} catch (const nlohmann::json::exception&) {
    return malformed("tracked-wallets.json", json);
}

Result<std::optional<Amount>>
parse_put_in(std::string_view portfolio_json, Timestamp first_fill) try {
    const auto history = nlohmann::json::parse(portfolio_json).at("allTime");
    const auto& values = history.at("accountValueHistory");
    const auto& profits = history.at("pnlHistory");
    for (std::size_t index = 0; index < values.size(); ++index) {
        const auto& value = values.at(index);
        const Timestamp at{std::chrono::milliseconds{value.at(0).get<std::int64_t>()}};
        if (at < first_fill) continue;
        const auto account = Amount::parse(value.at(1).get<std::string>());
        const auto profit = Amount::parse(profits.at(index).at(1).get<std::string>());
        if (!account || !profit) return malformed("portfolio", value.dump());
        return std::optional{*account - *profit};
    }
    return std::optional<Amount>{};
} catch (const nlohmann::json::exception&) {
    return malformed("portfolio", portfolio_json);
}

}  // namespace duel::ingest
