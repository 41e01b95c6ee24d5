#include "projector/rules/fair_share.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

namespace duel::projector {
namespace {

using Kind = ShardId::Kind;

std::vector<HeldShard> free_shards(std::int32_t contests, std::int32_t markets) {
    std::vector<HeldShard> shards;
    for (std::int32_t partition = 0; partition < contests; ++partition)
        shards.push_back({{Kind::contest, partition}});
    for (std::int32_t partition = 0; partition < markets; ++partition)
        shards.push_back({{Kind::market, partition}});
    return shards;
}

// Everybody takes what it was dealt.
std::vector<HeldShard> taken(std::vector<HeldShard> shards, const std::vector<MemberId>& members) {
    const auto dealt = deal(shards, members);
    for (HeldShard& held_shard : shards)
        held_shard.holder = dealt.at(held_shard.shard);
    return shards;
}

// "1: c0 c1 m0; 2: c2 m1"
std::string text(const std::map<ShardId, MemberId>& dealt) {
    std::map<MemberId, std::string> by_member;
    for (const auto& [shard, member] : dealt)
        by_member[member] +=
            (shard.kind == Kind::contest ? " c" : " m") + std::to_string(shard.partition);
    std::string all;
    for (const auto& [member, shards] : by_member)
        all += (all.empty() ? "" : "; ") + std::to_string(member) + ":" + shards;
    return all;
}

std::string text(const std::vector<HeldShard>& shards) {
    std::map<ShardId, MemberId> held;
    for (const HeldShard& held_shard : shards)
        if (held_shard.holder) held.emplace(held_shard.shard, *held_shard.holder);
    return text(held);
}

long count(const std::vector<HeldShard>& shards, MemberId member, Kind kind) {
    return std::ranges::count_if(shards, [&](const HeldShard& held_shard) {
        return held_shard.holder == member && held_shard.shard.kind == kind;
    });
}

TEST_CASE("a projector that is alone gets every shard", "[fair_share]") {
    REQUIRE(text(deal(free_shards(2, 2), {7})) == "7: c0 c1 m0 m1");
}

TEST_CASE("without projectors nothing is dealt", "[fair_share]") {
    REQUIRE(deal(free_shards(2, 2), {}).empty());
}

TEST_CASE("a second projector gets half of each kind, the first keeps the rest", "[fair_share]") {
    const auto alone = taken(free_shards(4, 4), {1});
    REQUIRE(text(deal(alone, {1, 2})) == "1: c0 c1 m0 m1; 2: c2 c3 m2 m3");
}

TEST_CASE("three projectors differ by one shard, of each kind and together", "[fair_share]") {
    const auto two = taken(taken(free_shards(4, 4), {1}), {1, 2});
    REQUIRE(text(deal(two, {1, 2, 3})) == "1: c0 c1 m0; 2: c2 m2 m3; 3: c3 m1");
}

TEST_CASE("the shards of a dead projector go to those with the least", "[fair_share]") {
    const auto three = taken(taken(free_shards(4, 4), {1}), {1, 2, 3});
    const auto two = taken(three, {2, 3});
    REQUIRE(count(two, 2, Kind::contest) == 2);
    REQUIRE(count(two, 3, Kind::market) == 2);
    for (const HeldShard& before : three) {
        if (before.holder == 1) continue;
        const auto same = std::ranges::find(two, before.shard, &HeldShard::shard);
        REQUIRE(same->holder == before.holder);
    }
}

TEST_CASE("with more projectors than shards some stand by", "[fair_share]") {
    REQUIRE(text(deal(free_shards(1, 1), {1, 2, 3})) == "1: c0; 2: m0");
}

TEST_CASE("a shard that a stranger holds counts as free", "[fair_share]") {
    auto shards = free_shards(2, 0);
    shards[0].holder = 99;
    REQUIRE(text(deal(shards, {1, 2})) == "1: c0; 2: c1");
}

TEST_CASE("whoever comes and goes, all are even after one deal and it stays", "[fair_share]") {
    std::mt19937 dice{17};
    const auto roll = [&](int most) { return static_cast<std::int32_t>(dice() % (most + 1)); };
    for (int round = 0; round < 500; ++round) {
        auto shards = free_shards(roll(9), roll(9));
        for (int change = 0; change < 6; ++change) {
            std::vector<MemberId> members;
            for (MemberId member = 1; member <= 6; ++member)
                if (roll(1) == 1) members.push_back(member);
            if (members.empty()) members.push_back(3);
            shards = taken(shards, members);
            INFO(text(shards));
            std::vector<long> contests;
            std::vector<long> markets;
            std::vector<long> all;
            for (const MemberId member : members) {
                contests.push_back(count(shards, member, Kind::contest));
                markets.push_back(count(shards, member, Kind::market));
                all.push_back(contests.back() + markets.back());
            }
            for (const auto& counts : {contests, markets, all}) {
                const auto [least, most] = std::ranges::minmax(counts);
                REQUIRE(most - least <= 1);
            }
            REQUIRE(text(taken(shards, members)) == text(shards));
            std::ranges::reverse(members);
            REQUIRE(text(taken(shards, members)) == text(shards));
        }
    }
}

}  // namespace
}  // namespace duel::projector
