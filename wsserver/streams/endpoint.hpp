#pragma once

// One kind of socket: where it is, who may open it, and what it follows from the start.

#include "core/error.hpp"
#include "wsserver/streams/demand.hpp"
#include "wsserver/streams/subscription.hpp"
#include "wsserver/streams/target.hpp"

#include <string>
#include <string_view>

namespace duel::wsserver {

// Who stands behind a connection, as its token says.
struct Identity {
    std::string wallet;
    std::string username;
    bool is_admin = false;
};

// What a client asked for with its upgrade request.
struct Asked {
    std::string id;  // of the path's {id}
    const Target& target;
    const Identity& identity;
    std::size_t most_subscriptions;
};

enum class Access {
    anyone,  // no token; a good one is welcome, a bad one changes nothing
    user,    // anybody with a valid token
    admin,   // role admin or superadmin
};

// Whether the token may come by message, for those who connect without one.
enum class LateToken { refused, taken };

// How often its clients ping; settings say how often that is.
enum class Pings { usual, brisk };

struct Endpoint {
    std::string_view path;  // with at most one {id}, as its last part
    std::string_view name;
    Access access;
    LateToken late_token;
    Dialect dialect;
    Pings pings;

    // What to follow. `forbidden` ends the connection; any other error is told and the socket
    // stays.
    Result<Opening> (*open)(const Asked&);
    // What a message changes; none where the endpoint takes no messages of its own. Errors are told
    // and the socket stays.
    Result<Change> (*heed)(const Demand&, const Identity&) = nullptr;
    bool is_test = false;  // there only where a setting says so
};

// What the endpoints read from their queries in the same way.
bool asks_for_diff(const Target& target);
// The intervals of candles that a message asks for; 1m where it names none.
Result<std::vector<std::string>> intervals_of(const Demand& demand);
// An id or a symbol: 1 to 200 bytes, no NUL, as the log has them.
Result<std::string> id_from(std::string_view field, const std::string& text);

}  // namespace duel::wsserver
