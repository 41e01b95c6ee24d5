#include "wsserver/streams/recent_events.hpp"

#include <algorithm>

namespace duel::wsserver {
namespace {

constexpr std::size_t kBlock = std::size_t{256} << 10;
constexpr std::size_t kBookkeeping = sizeof(RecentEvent) + 64;

std::size_t bytes_of(const MessagePtr& message) {
    return message == nullptr ? 0 : message->text.size() + sizeof(Message);
}

std::size_t bytes_of(const RecentEvent& event) {
    return bytes_of(event.message) + event.record.size() + kBookkeeping;
}

auto first_after(auto& events, std::uint64_t after) {
    return std::upper_bound(
        events.begin(),
        events.end(),
        after,
        [](std::uint64_t seq, const RecentEvent& event) { return seq < event.seq; }
    );
}

}  // namespace

void RecentEvents::add(std::string_view channel_key, RecentEvent event, Instant now) {
    auto& chain = chain_of(channel_key);
    if (!chain.events.empty()) {
        const auto newest = chain.events.back().seq;
        if (event.seq <= newest) return;
        if (event.prev_seq != newest) forget(chain);
    }
    if (event.message != nullptr) event.record = {};
    if (store(event.record)) arrivals_.back().ends_block = true;
    bytes_ += bytes_of(event);
    arrivals_.push_back({&chain, event.seq, now, false});
    ++chain.arrivals;
    chain.events.push_back(std::move(event));
    trim(now);
}

// Copies the record and makes it a view of the copy. True when a new block was begun for it after
// others.
bool RecentEvents::store(std::string_view& record) {
    if (record.empty()) return false;
    if (arrivals_.empty()) blocks_.clear();
    const bool fits =
        !blocks_.empty() && blocks_.back().capacity() - blocks_.back().size() >= record.size();
    const bool ends_block = !fits && !blocks_.empty();
    if (!fits) blocks_.emplace_back().reserve(std::max(kBlock, record.size()));
    auto& block = blocks_.back();
    const auto at = block.size();
    block += record;
    record = std::string_view{block}.substr(at);
    return ends_block;
}

bool RecentEvents::covers(std::string_view channel_key, std::uint64_t after, std::uint64_t newest)
    const {
    if (newest <= after) return true;
    const auto* chain = find(channel_key);
    if (chain == nullptr || chain->events.empty()) return false;
    const auto first = first_after(chain->events, after);
    return first != chain->events.end() && first->prev_seq <= after &&
           chain->events.back().seq >= newest;
}

std::vector<RecentEvent> RecentEvents::after(
    std::string_view channel_key,
    std::uint64_t after,
    std::size_t most,
    const Compose& compose
) {
    const auto found = chains_.find(channel_key);
    if (found == chains_.end()) return {};
    auto& chain = *found->second;
    std::vector<RecentEvent> events;
    for (auto event = first_after(chain.events, after);
         event != chain.events.end() && events.size() < most;
         ++event) {
        if (event->message == nullptr) {
            event->message = compose(*event);
            if (event->message == nullptr) {
                forget(chain);
                break;
            }
            bytes_ += bytes_of(event->message);
        }
        events.push_back(*event);
    }
    return events;
}

std::size_t RecentEvents::count_after(std::string_view channel_key, std::uint64_t after) const {
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
    blocks_.clear();
    bytes_ = 0;
}

RecentEvents::Chain& RecentEvents::chain_of(std::string_view channel_key) {
    const auto found = chains_.find(channel_key);
    if (found != chains_.end()) return *found->second;
    auto chain = std::make_unique<Chain>();
    chain->key = channel_key;
    const std::string_view key = chain->key;
    return *chains_.emplace(key, std::move(chain)).first->second;
}

const RecentEvents::Chain* RecentEvents::find(std::string_view channel_key) const {
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
    if (--chain.arrivals == 0) chains_.erase(std::string_view{chain.key});
    if (oldest.ends_block) blocks_.pop_front();
}

}  // namespace duel::wsserver
