#pragma once

// THE list of exchanges. A new one is a file in ingest/rules/exchanges/ and two lines here.

#include "ingest/rules/exchange.hpp"

#include <array>

namespace duel::ingest {

Exchange binance();
Exchange binance_usdm();
Exchange bitstamp();
Exchange coinbase();
Exchange coinbase_advanced();
Exchange kraken();
Exchange kraken_v2();
Exchange okx();

using MakeExchange = Exchange (*)();
inline constexpr std::array kExchanges{
    MakeExchange{binance},
    MakeExchange{binance_usdm},
    MakeExchange{bitstamp},
    MakeExchange{coinbase},
    MakeExchange{coinbase_advanced},
    MakeExchange{kraken},
    MakeExchange{kraken_v2},
    MakeExchange{okx},
};

inline std::optional<Exchange> exchange_named(std::string_view name) {
    for (const auto make : kExchanges)
        if (const Exchange exchange = make(); exchange.name == name) return exchange;
    return std::nullopt;
}

}  // namespace duel::ingest
