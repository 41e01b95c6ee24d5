#include "wsserver/net/user_connections.hpp"

#include <algorithm>

namespace duel::wsserver {

std::optional<ConnectionId>
UserConnections::add(const std::string& wallet, ConnectionId who, LastHeard last_heard) {
    const std::lock_guard lock{mutex_};
    auto& connections = users_[wallet];
    std::optional<ConnectionId> victim;
    if (connections.size() >= most_) {
        const auto idle = std::min_element(
            connections.begin(),
            connections.end(),
            [](const One& a, const One& b) { return a.last_heard->load() < b.last_heard->load(); }
        );
        victim = idle->who;
        connections.erase(idle);
    }
    connections.push_back({who, std::move(last_heard)});
    return victim;
}

void UserConnections::remove(const std::string& wallet, ConnectionId who) {
    const std::lock_guard lock{mutex_};
    const auto found = users_.find(wallet);
    if (found == users_.end()) return;
    std::erase_if(found->second, [&](const One& one) { return one.who == who; });
    if (found->second.empty()) users_.erase(found);
}

}  // namespace duel::wsserver
