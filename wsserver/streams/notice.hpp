#pragma once

namespace duel::wsserver {

// What is followed beside channels: without place or cursor.
enum class Notice {
    service,    // how the service stands, also while it is online: ServiceBoard
    exchanges,  // how the connections to exchanges stand: ExchangeBoard
    tokens,     // all tokens and their prices: TokenBoard
    monitor,    // this server's connections, for admins: MonitorBoard
};

}  // namespace duel::wsserver
