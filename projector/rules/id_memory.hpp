#pragma once

#include "core/amount.hpp"
#include "core/time.hpp"

#include <boost/container_hash/hash.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace duel::projector {

// What makes two trades with one id the same trade.
struct TradeFact {
    std::int64_t wallet_no{0};
    std::int64_t symbol_no{0};
    std::int16_t side{1};
    Amount amount;
    Amount price;
    Amount fee;
    Timestamp at;

    bool operator==(const TradeFact&) const = default;
};

struct TransferFact {
    std::int64_t wallet_no{0};
    std::int16_t kind{1};
    Amount amount;
    Timestamp at;

    bool operator==(const TransferFact&) const = default;
};

// Has this id been seen in its scope, and with which content?
//
// The unique index in Postgres is the truth. This memory makes the common case free: it keeps
// hashes of the newest ids (8 bytes each, a bounded number), so that a repetition is suspected
// without asking, and the full content of what the present batch added or what Postgres answered.
template <class Fact>
class IdMemory {
public:
    enum class Standing {
        fresh,      // certainly new
        probably,   // new as far as is remembered; the index decides
        suspected,  // seen not long ago: ask for its content
        known,
    };
    struct Sighting {
        Standing standing;
        const Fact* fact;  // where known
    };

    static constexpr std::size_t kGeneration = 500'000;

    // `complete`: the scope's ids so far are all in here, as in a shard that has just begun.
    explicit IdMemory(bool complete = true, std::size_t generation = kGeneration)
        : complete_{complete}, generation_{generation} {}

    Sighting look(std::int64_t scope_no, std::string_view id) const {
        if (!learned_.empty()) {
            const auto answer = learned_.find(std::pair{scope_no, std::string{id}});
            if (answer != learned_.end()) {
                if (answer->second) return {Standing::known, &*answer->second};
                const Fact* added = find_added(scope_no, id);
                return {added != nullptr ? Standing::known : Standing::fresh, added};
            }
        }
        const std::uint64_t hash = hash_of(scope_no, id);
        if (!young_.contains(hash) && !old_.contains(hash))
            return {complete_ ? Standing::fresh : Standing::probably, nullptr};
        if (const Fact* added = find_added(scope_no, id)) return {Standing::known, added};
        return {Standing::suspected, nullptr};
    }

    // An accepted id. The text must stay where it is until settle().
    void add(std::int64_t scope_no, std::string_view id, Fact fact) {
        if (young_.size() >= generation_) {
            old_ = std::exchange(young_, {});
            complete_ = false;
        }
        young_.insert(hash_of(scope_no, id));
        added_.push_back({scope_no, id, std::move(fact)});
    }

    // What Postgres says; empty where it does not have the id.
    void learn(std::int64_t scope_no, std::string id, std::optional<Fact> fact) {
        learned_.insert_or_assign(std::pair{scope_no, std::move(id)}, std::move(fact));
    }

    // Ids from before this memory began exist in Postgres.
    void forget_completeness() { complete_ = false; }

    void settle() {
        added_.clear();
        index_.clear();
        learned_.clear();
    }

private:
    struct Added {
        std::int64_t scope_no{0};
        std::string_view id;
        Fact fact;
    };

    static std::uint64_t hash_of(std::int64_t scope_no, std::string_view id) {
        std::size_t hash = boost::hash<std::string_view>{}(id);
        boost::hash_combine(hash, scope_no);
        return hash;
    }

    // Repetitions within a batch are rare, so the index over it is made when the first is
    // suspected.
    const Fact* find_added(std::int64_t scope_no, std::string_view id) const {
        while (index_.size() < added_.size()) {
            const Added& next = added_[index_.size()];
            index_.emplace(std::pair{next.scope_no, next.id}, &next.fact);
        }
        const auto found = index_.find(std::pair{scope_no, id});
        return found == index_.end() ? nullptr : found->second;
    }

    bool complete_;
    std::size_t generation_;
    boost::unordered_flat_set<std::uint64_t> young_;
    boost::unordered_flat_set<std::uint64_t> old_;
    std::deque<Added> added_;
    mutable std::map<std::pair<std::int64_t, std::string_view>, const Fact*> index_;
    std::map<std::pair<std::int64_t, std::string>, std::optional<Fact>> learned_;
};

// Who is in a contest whose portfolios have left the memory: the username, or empty where the
// wallet is not in.
class MemberAnswers {
public:
    const std::optional<std::string>* find(std::int64_t contest_no, std::int64_t wallet_no) const {
        const auto found = answers_.find({contest_no, wallet_no});
        return found == answers_.end() ? nullptr : &found->second;
    }
    void learn(std::int64_t contest_no, std::int64_t wallet_no, std::optional<std::string> name) {
        answers_.insert_or_assign({contest_no, wallet_no}, std::move(name));
    }
    void settle() { answers_.clear(); }

private:
    std::map<std::pair<std::int64_t, std::int64_t>, std::optional<std::string>> answers_;
};

}  // namespace duel::projector
