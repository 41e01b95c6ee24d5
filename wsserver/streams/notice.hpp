#pragma once

namespace duel::wsserver {

// What is followed beside channels: the same for everybody, without place or cursor. Clients of v69
// know it.
enum class Notice {
    service,    // how the service stands: ServiceBoard
    exchanges,  // how the connections to exchanges stand: ExchangeBoard
    tokens,     // all tokens and their prices: TokenBoard
};

}  // namespace duel::wsserver
