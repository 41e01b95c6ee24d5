#include "ingest/rules/subscription_state.hpp"

#include <algorithm>

namespace duel::ingest {

void SubscriptionState::on_refused(Now now, std::string why) {
    if (refusals_++ == 0) refused_at_ = now;
    last_refusal_ = std::move(why);
}

void SubscriptionState::on_all_asked(Now now) {
    asked_at_ = now;
}

bool SubscriptionState::is_vain(Now now) const {
    if (is_granted_ || refusals_ == 0 || !asked_at_) return false;
    return now > std::max(*asked_at_, refused_at_) + kAfterRefusal;
}

std::string_view SubscriptionState::missing() const {
    return is_heard_ && !is_granted_ ? "the exchange granted no subscription" : "nothing came";
}

}  // namespace duel::ingest
