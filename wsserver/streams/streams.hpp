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

inline constexpr std::array kEndpoints{
    // path, name in metrics, who, how often clients ping, what it opens, what it heeds
    Endpoint{
        "/api/v2/ws/portfolio",
        "v2_portfolio",
        Access::user,
        std::chrono::seconds{30},
        open_portfolio},
    Endpoint{
        "/api/v2/ws/contest/{id}",
        "v2_contest",
        Access::user,
        std::chrono::seconds{30},
        open_contest},
    Endpoint{"/api/v2/ws/market", "v2_market", Access::user, std::chrono::seconds{15}, open_market},
    Endpoint{
        "/api/v2/ws",
        "v2_multiplexed",
        Access::user,
        std::chrono::seconds{30},
        open_multiplexed,
        heed_multiplexed},
};

// The endpoint of a path, and what stands in its {id}; nothing where there is none.
struct Match {
    const Endpoint* endpoint;
    std::string id;
};
std::optional<Match> match(std::string_view path);

}  // namespace duel::wsserver
