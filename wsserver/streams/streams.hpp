#pragma once

// THE table of endpoints. A new one is a file with its open function and a line here.

#include "core/error.hpp"
#include "wsserver/streams/endpoint.hpp"

#include <array>

namespace duel::wsserver {

Result<Opening> open_portfolio(const Asked& asked);    // portfolio_endpoint.cpp
Result<Opening> open_contest(const Asked& asked);      // contest_endpoint.cpp
Result<Opening> open_market(const Asked& asked);       // market_endpoint.cpp
Result<Opening> open_multiplexed(const Asked& asked);  // multiplexed_endpoint.cpp
Result<Change> heed_multiplexed(const Demand& demand, const Identity& identity);
Result<Opening> open_monitor(const Asked& asked);  // monitor_endpoint.cpp
Result<Change> heed_monitor(const Demand& demand, const Identity& identity);
Result<Opening> open_v69_market(const Asked& asked);  // v69_market_endpoint.cpp
Result<Change> heed_v69_market(const Demand& demand, const Identity& identity);
Result<Opening> open_v69_rooms(const Asked& asked);  // v69_contest_endpoint.cpp
Result<Change> heed_v69_contest(const Demand& demand, const Identity& identity);
Result<Opening> open_v69_tokens(const Asked& asked);  // v69_token_endpoint.cpp
Result<Change> heed_v69_tokens(const Demand& demand, const Identity& identity);
Result<Opening> open_v69_monitor(const Asked& asked);     // service_board.cpp
Result<Opening> open_v69_breakers(const Asked& asked);    // exchange_board.cpp
Result<Opening> open_test_portfolio(const Asked& asked);  // test_endpoints.cpp
Result<Opening> open_test_contest(const Asked& asked);
Result<Opening> open_test_market(const Asked& asked);
Result<Opening> open_test_errors(const Asked& asked);
Result<Change> heed_test_errors(const Demand& demand, const Identity& identity);

inline constexpr std::array kEndpoints{
    // path, name in metrics, who, whether the token may come later, what clients speak, how often
    // they ping, what it opens, what it heeds
    Endpoint{
        "/api/v2/ws/portfolio",
        "v2_portfolio",
        Access::user,
        LateToken::refused,
        Dialect::v2,
        Pings::usual,
        open_portfolio},
    Endpoint{
        "/api/v2/ws/contest/{id}",
        "v2_contest",
        Access::user,
        LateToken::refused,
        Dialect::v2,
        Pings::usual,
        open_contest},
    Endpoint{
        "/api/v2/ws/market",
        "v2_market",
        Access::user,
        LateToken::refused,
        Dialect::v2,
        Pings::brisk,
        open_market},
    Endpoint{
        "/api/v2/ws",
        "v2_multiplexed",
        Access::user,
        LateToken::taken,
        Dialect::v2,
        Pings::usual,
        open_multiplexed,
        heed_multiplexed},
    Endpoint{
        "/api/v2/ws/monitor",
        "v2_monitor",
        Access::admin,
        LateToken::refused,
        Dialect::v2,
        Pings::usual,
        open_monitor,
        heed_monitor},
    Endpoint{
        "/api/v69/ws/portfolio",
        "v69_portfolio",
        Access::user,
        LateToken::taken,
        Dialect::v69,
        Pings::usual,
        open_portfolio},
    Endpoint{
        "/api/v69/ws/contest",
        "v69_contests",
        Access::user,
        LateToken::taken,
        Dialect::v69,
        Pings::usual,
        open_v69_rooms,
        heed_v69_contest},
    Endpoint{
        "/api/v69/ws/contest/{id}",
        "v69_contest",
        Access::user,
        LateToken::taken,
        Dialect::v69,
        Pings::usual,
        open_contest,
        heed_v69_contest},
    Endpoint{
        "/api/v69/ws/market-data",
        "v69_market",
        Access::anyone,
        LateToken::taken,
        Dialect::v69,
        Pings::brisk,
        open_v69_market,
        heed_v69_market},
    Endpoint{
        "/api/v69/ws/token-data",
        "v69_tokens",
        Access::anyone,
        LateToken::taken,
        Dialect::v69,
        Pings::usual,
        open_v69_tokens,
        heed_v69_tokens},
    Endpoint{
        "/api/v69/ws/monitor",
        "v69_monitor",
        Access::anyone,
        LateToken::taken,
        Dialect::v69,
        Pings::usual,
        open_v69_monitor},
    Endpoint{
        "/api/v69/ws/circuit-breaker",
        "v69_breakers",
        Access::admin,
        LateToken::taken,
        Dialect::v69,
        Pings::usual,
        open_v69_breakers},
    Endpoint{
        "/api/v2/ws/test/portfolio",
        "v2_test_portfolio",
        Access::user,
        LateToken::refused,
        Dialect::v2,
        Pings::usual,
        open_test_portfolio,
        nullptr,
        true},
    Endpoint{
        "/api/v2/ws/test/contest",
        "v2_test_contest",
        Access::user,
        LateToken::refused,
        Dialect::v2,
        Pings::usual,
        open_test_contest,
        nullptr,
        true},
    Endpoint{
        "/api/v2/ws/test/market",
        "v2_test_market",
        Access::user,
        LateToken::refused,
        Dialect::v2,
        Pings::brisk,
        open_test_market,
        nullptr,
        true},
    Endpoint{
        "/api/v2/ws/test/errors",
        "v2_test_errors",
        Access::user,
        LateToken::refused,
        Dialect::v2,
        Pings::usual,
        open_test_errors,
        heed_test_errors,
        true},
};

// The endpoint of a path, and what stands in its {id}; nothing where there is none.
struct Match {
    const Endpoint* endpoint;
    std::string id;
};
std::optional<Match> match(std::string_view path);

}  // namespace duel::wsserver
