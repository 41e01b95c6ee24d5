#pragma once

#include "core/topic.hpp"
#include "projector/rules/table.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace duel::projector {

// In which partition a contest, a main portfolio or a priced symbol lives: the first applied record
// of its key settles it for good. Postgres arbitrates between shards, so a claim is made with the
// batch and the whole batch is applied again where another shard was faster.
struct Home {
    Topic topic{Topic::trades};
    std::string key;  // "contest:ID", "wallet:W", "symbol:S"
    std::int32_t partition{0};
    std::int64_t seq{0};
};

inline std::string contest_home(std::string_view contest_id) {
    return "contest:" + std::string{contest_id};
}
inline std::string wallet_home(std::string_view address) {
    return "wallet:" + std::string{address};
}
inline std::string symbol_home(std::string_view symbol) {
    return "symbol:" + std::string{symbol};
}

// What this batch has asked about homes and claims for itself.
class Homes {
public:
    // Empty: not asked yet. An inner empty: nobody has claimed it.
    std::optional<std::optional<std::int32_t>> find(const std::string& key) const {
        const auto found = answers_.find(key);
        if (found == answers_.end()) return std::nullopt;
        return found->second;
    }
    void learn(std::string key, std::optional<std::int32_t> partition) {
        answers_.insert_or_assign(std::move(key), partition);
    }

    void forget(const std::string& key) { answers_.erase(key); }

    void claim(Home home) { claims_.add(std::move(home)); }
    const std::deque<Home>& claims() const { return claims_.rows(); }

    void settle() {
        answers_.clear();
        claims_.settle();
    }

private:
    std::map<std::string, std::optional<std::int32_t>> answers_;
    Append<Home> claims_;
};

}  // namespace duel::projector
