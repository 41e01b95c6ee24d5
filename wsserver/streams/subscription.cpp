#include "wsserver/streams/subscription.hpp"

namespace duel::wsserver {

Since Since::parse(const std::vector<std::string>& texts) {
    Since since;
    for (const auto& text : texts) {
        auto cursor = Cursor::parse(text);
        if (cursor) {
            auto key = cursor->channel_key;
            since.cursors.insert_or_assign(std::move(key), std::move(*cursor));
        } else {
            since.has_invalid = true;
        }
    }
    return since;
}

Since::Answer Since::of(const std::string& channel_key) const {
    const auto found = cursors.find(channel_key);
    if (found != cursors.end()) return {false, found->second};
    return {has_invalid || invalid.contains(channel_key), {}};
}

Since::Answer Since::take(const std::string& channel_key) {
    auto answer = of(channel_key);
    cursors.erase(channel_key);
    invalid.erase(channel_key);
    return answer;
}

void Since::merge(const Since& later) {
    for (const auto& [key, cursor] : later.cursors) {
        cursors.insert_or_assign(key, cursor);
        invalid.erase(key);
    }
    for (const auto& key : later.invalid) {
        cursors.erase(key);
        invalid.insert(key);
    }
}

}  // namespace duel::wsserver
