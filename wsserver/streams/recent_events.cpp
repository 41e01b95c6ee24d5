#include "wsserver/streams/recent_events.hpp"

#include <algorithm>

namespace duel::wsserver {
namespace {

std::size_t bytes_of(const RecentEvent& event) {
    return event.message->text.size() + sizeof(RecentEvent) + sizeof(Message) + 64;
}

auto first_after(const std::deque<RecentEvent>& events, std::uint64_t after) {
    return std::upper_bound(
        events.begin(),
        events.end(),
        after,
        [](std::uint64_t seq, const RecentEvent& event) { return seq < event.seq; }
    );
}

}  // namespace

void RecentEvents::add(const std::string& channel_key, RecentEvent event, Instant now) {
    auto& chain = chains_[channel_key];
    if (!chain) {
        chain = std::make_unique<Chain>();
        chain->key = channel_key;
    }
    if (!chain->events.empty()) {
        const auto newest = chain->events.back().seq;
        if (event.seq <= newest) return;
        if (event.prev_seq != newest) forget(*chain);
    }
    bytes_ += bytes_of(event);
    arrivals_.push_back({chain.get(), event.seq, now});
    ++chain->arrivals;
    chain->events.push_back(std::move(event));
    trim(now);
}

bool RecentEvents::covers(const std::string& channel_key, std::uint64_t after, std::uint64_t newest)
    const {
    if (newest <= after) return true;
    const auto* chain = find(channel_key);
    if (chain == nullptr || chain->events.empty()) return false;
    const auto first = first_after(chain->events, after);
    return first != chain->events.end() && first->prev_seq <= after &&
           chain->events.back().seq >= newest;
}

std::vector<RecentEvent>
RecentEvents::after(const std::string& channel_key, std::uint64_t after, std::size_t most) const {
    const auto* chain = find(channel_key);
    if (chain == nullptr) return {};
    const auto first = first_after(chain->events, after);
    const auto held = static_cast<std::size_t>(chain->events.end() - first);
    return {first, first + static_cast<std::ptrdiff_t>(std::min(held, most))};
}

std::size_t RecentEvents::count_after(const std::string& channel_key, std::uint64_t after) const {
    const auto* chain = find(channel_key);
    if (chain == nullptr) return 0;
    return static_cast<std::size_t>(chain->events.end() - first_after(chain->events, after));
}

void RecentEvents::trim(Instant now) {
    while (!arrivals_.empty() &&
           (bytes_ > bounds_.bytes || now - arrivals_.front().at > bounds_.age))
        drop_oldest();
}

void RecentEvents::clear() {
    arrivals_.clear();
    chains_.clear();
    bytes_ = 0;
}

const RecentEvents::Chain* RecentEvents::find(const std::string& channel_key) const {
    const auto found = chains_.find(channel_key);
    return found == chains_.end() ? nullptr : found->second.get();
}

// Its arrivals stay in line and find nothing when their turn comes.
void RecentEvents::forget(Chain& chain) {
    for (const auto& event : chain.events)
        bytes_ -= bytes_of(event);
    chain.events.clear();
}

void RecentEvents::drop_oldest() {
    const auto oldest = arrivals_.front();
    arrivals_.pop_front();
    auto& chain = *oldest.chain;
    if (!chain.events.empty() && chain.events.front().seq == oldest.seq) {
        bytes_ -= bytes_of(chain.events.front());
        chain.events.pop_front();
    }
    if (--chain.arrivals == 0) chains_.erase(std::string{chain.key});
}

}  // namespace duel::wsserver
