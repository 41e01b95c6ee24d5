#include "wsserver/streams/streams.hpp"

namespace duel::wsserver {

// /api/v2/ws/portfolio?contest_id=&wallet=&mode=diff&since=
//
// Without a contest: the state of the main portfolio and the trades of all of the wallet's.
// `wallet` is for admins; with its own everybody may say it.
Result<Opening> open_portfolio(const Asked& asked) {
    auto wallet = asked.identity.wallet;
    if (const auto* other = asked.target.last("wallet")) {
        const auto id = id_from("wallet", *other);
        if (!id) return id.error();
        if (*id != wallet && !asked.identity.is_admin)
            return Error{
                Code::forbidden, "wallet", excerpt(*id), "one's own wallet, or the role admin"};
        wallet = *id;
    }
    Opening opening;
    const Options options{.diff = asks_for_diff(asked.target)};
    if (const auto* contest = asked.target.last("contest_id")) {
        const auto contest_id = id_from("contest_id", *contest);
        if (!contest_id) return contest_id.error();
        opening.wishes.push_back({Channel::portfolio(wallet, *contest_id), options});
    } else {
        opening.wishes.push_back({Channel::portfolio(wallet), options});
        opening.trades_of = wallet;
    }
    opening.since = Since::parse(asked.target.all("since"));
    return opening;
}

}  // namespace duel::wsserver
