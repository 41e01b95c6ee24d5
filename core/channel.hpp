#pragma once

#include "core/error.hpp"

#include <string>
#include <string_view>

namespace duel {

// What a client can follow: a symbol, a contest, or a wallet's portfolio in a contest or outside
// all of them.
struct Channel {
    enum class Kind { market, contest, portfolio };

    Kind kind{Kind::market};
    std::string
        name;  // symbol; contest_id; for portfolios contest_id, or empty for the main portfolio
    std::string wallet;  // of a portfolio, empty otherwise

    static Channel market(std::string symbol) { return {Kind::market, std::move(symbol), {}}; }
    static Channel contest(std::string contest_id) {
        return {Kind::contest, std::move(contest_id), {}};
    }
    static Channel portfolio(std::string wallet, std::string contest_id = {}) {
        return {Kind::portfolio, std::move(contest_id), std::move(wallet)};
    }

    // The key in the feed: "market:SOL", "contest:ID", "portfolio:WALLET/CONTEST",
    // "portfolio:WALLET". In WALLET `%` and `/` are percent-encoded; a contest's id stands as it
    // is.
    std::string key() const;
    static void append_contest_key(std::string& out, std::string_view contest_id);
    // No contest: the main portfolio.
    static void
    append_portfolio_key(std::string& out, std::string_view wallet, std::string_view contest_id);
    static Result<Channel> parse_key(std::string_view key);

    // What clients call it: "market:SOL", "contest:ID", "portfolio:CONTEST", "portfolio". The
    // wallet is the client's own, so its name leaves it out.
    std::string wire_name() const;
    static Result<Channel> parse_wire_name(std::string_view wire_name, std::string_view wallet);

    auto operator<=>(const Channel&) const = default;  // NOLINT(modernize-use-nullptr)
};

}  // namespace duel
