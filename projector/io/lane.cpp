#include "projector/io/lane.hpp"

#include <algorithm>

namespace duel::projector {
namespace {

constexpr std::size_t kReadAtOnce = 1'000;

}  // namespace

Lane::Lane(
    platform::Consumer& consumer,
    ArrivalReader& arrival_reader,
    Topic topic,
    std::int32_t partition,
    std::int64_t from,
    std::unique_ptr<SharedPrices::Follower> follower
)
    : consumer_{consumer},
      arrival_reader_{arrival_reader},
      topic_{topic},
      partition_{partition},
      follower_{std::move(follower)},
      read_up_to_{from} {
    if (!follower_) reader_ = &consumer_.start({std::string{text(topic_)}, partition_, from});
}

const std::optional<platform::PartitionError>& Lane::fill() {
    if (has_head()) return error_;
    is_caught_up_.reset();
    arrivals_.reset();
    is_held_ = false;
    next_ = 0;
    if (reader_ != nullptr && follower_ && follower_->is_near(read_up_to_)) {
        consumer_.stop(reader_->id());
        reader_ = nullptr;
    }
    if (reader_ == nullptr)
        read_shared();
    else
        read_alone();
    if (has_head()) look_at_head();
    return error_;
}

void Lane::read_shared() {
    auto taken = follower_->take(read_up_to_);
    if (taken.is_behind) {
        reader_ = &consumer_.start({std::string{text(topic_)}, partition_, read_up_to_});
        return read_alone();
    }
    error_ = std::move(taken.error);
    if (taken.arrivals) {
        const auto first =
            std::ranges::lower_bound(*taken.arrivals, read_up_to_, {}, [](const Arrival& arrival) {
                return arrival.place.offset;
            });
        next_ = static_cast<std::size_t>(first - taken.arrivals->begin());
        arrivals_ = std::move(taken.arrivals);
    }
    read_up_to_ = taken.next;
}

void Lane::read_alone() {
    arrivals_ = arrival_reader_.read(*reader_, topic_, kReadAtOnce);
    error_ = reader_->error();
    read_up_to_ = std::max(read_up_to_, reader_->next_offset());
}

void Lane::look_at_head() {
    key_ = MergeKey::of(head().place);
    waiting_ = {};
}

bool Lane::is_caught_up() {
    if (!is_caught_up_)
        is_caught_up_ = reader_ == nullptr ? follower_->is_caught_up() : reader_->is_caught_up();
    return *is_caught_up_;
}

void Lane::move_head(Chunk& chunk, bool is_late) {
    if (!is_held_) chunk.hold(arrivals_);
    is_held_ = true;
    chunk.add({&head(), is_late});
    ++next_;
    if (has_head()) look_at_head();
}

std::int64_t Lane::lag() const {
    const auto left = arrivals_ ? static_cast<std::int64_t>(arrivals_->size() - next_) : 0;
    const auto marks =
        reader_ == nullptr ? follower_->known_watermarks() : reader_->known_watermarks();
    return left + (marks ? std::max<std::int64_t>(0, marks->high - read_up_to_) : 0);
}

}  // namespace duel::projector
