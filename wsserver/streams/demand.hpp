#pragma once

// What a client asks of its endpoint while it is connected, and what that changes.

#include "core/error.hpp"
#include "wsserver/streams/monitor.hpp"
#include "wsserver/streams/subscription.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace duel::wsserver {

// A message that is not about the connection itself.
struct Demand {
    std::string type;       // as the client spelled it
    nlohmann::json fields;  // the whole object
};

// A name that could not be followed; the rest of the message counts all the same.
struct RefusedChannel {
    Error error;
    std::string channel;
};

// What a client of v69 wants to see of all tokens.
struct TokenDemand {
    enum class What { all, subscribe, unsubscribe } what;
    std::vector<std::string> symbols;
};

struct Change {
    Opening add{};
    std::vector<Channel> remove{};
    std::vector<RefusedChannel> refused{};
    std::optional<TokenDemand> tokens{};
    std::optional<std::uint16_t> hang_up{};  // with this close code
    std::optional<MonitorDemand> monitor{};
};

// Names in one message; more are a mistake.
inline constexpr std::size_t kMostNames = 1'000;

// The texts of an array, each once, in order; `name` must be there.
Result<std::vector<std::string>> texts_of(const Demand& demand, std::string_view name);

// What an endpoint says to a type that it does not know. It never counts as abuse.
Error unknown_demand(const Demand& demand, std::string wanted);

// Whether two types are the same but for the case of their ASCII letters.
bool is_type(const Demand& demand, std::string_view type);

}  // namespace duel::wsserver
