#include "projector/rules/fair_share.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace duel::projector {
namespace {

struct Share {
    MemberId member;
    std::size_t dealt{0};  // of the kinds before
    std::size_t held{0};   // of this kind
    std::size_t open{0};   // of this kind, still to be dealt
};

void set_shares(std::vector<Share>& shares, const std::vector<HeldShard>& shards) {
    for (Share& share : shares) {
        const auto is_its = [&](const HeldShard& held_shard) {
            return held_shard.holder == share.member;
        };
        share.held = static_cast<std::size_t>(std::ranges::count_if(shards, is_its));
    }
    // Who gets one more where they do not come out even: who has least, then who has it already.
    std::ranges::sort(shares, [](const Share& one, const Share& other) {
        return std::tuple{one.dealt, other.held, one.member} <
               std::tuple{other.dealt, one.held, other.member};
    });
    for (std::size_t i = 0; i < shares.size(); ++i) {
        const bool gets_one_more = i < shards.size() % shares.size();
        shares[i].open = shards.size() / shares.size() + (gets_one_more ? 1 : 0);
        shares[i].dealt += shares[i].open;
    }
}

}  // namespace

std::map<ShardId, MemberId>
deal(const std::vector<HeldShard>& shards, const std::vector<MemberId>& members) {
    std::map<ShardId, MemberId> dealt;
    if (members.empty()) return dealt;
    std::vector<Share> shares;
    shares.reserve(members.size());
    for (const MemberId member : members)
        shares.push_back({member});

    for (const auto kind : {ShardId::Kind::contest, ShardId::Kind::market}) {
        std::vector<HeldShard> of_kind;
        std::ranges::copy_if(shards, std::back_inserter(of_kind), [&](const HeldShard& held_shard) {
            return held_shard.shard.kind == kind;
        });
        std::ranges::sort(of_kind, {}, &HeldShard::shard);
        set_shares(shares, of_kind);

        std::vector<ShardId> moving;
        for (const HeldShard& held_shard : of_kind) {
            const auto share = std::ranges::find_if(shares, [&](const Share& one) {
                return held_shard.holder == one.member;
            });
            if (share == shares.end() || share->open == 0) {
                moving.push_back(held_shard.shard);
                continue;
            }
            --share->open;
            dealt.emplace(held_shard.shard, share->member);
        }
        for (const ShardId& shard : moving) {
            const auto share =
                std::ranges::find_if(shares, [](const Share& one) { return one.open > 0; });
            --share->open;
            dealt.emplace(shard, share->member);
        }
    }
    return dealt;
}

}  // namespace duel::projector
