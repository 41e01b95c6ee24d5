#include "projector/io/shared_prices.hpp"

#include "platform/thread_name.hpp"

#include <algorithm>

namespace duel::projector {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kReadAtOnce = 1'000;
constexpr std::int64_t kReadAhead = 4'000;  // records, of the foremost follower
// How long a full window waits for its slowest follower: until others are late by that much; far
// from the end of the log, where all are late anyway, for as long as it moves.
constexpr auto kMostDelay = 50ms;
constexpr auto kStandsStill = 1s;
constexpr auto kIdleWait = 20ms;            // a new record or a wake cuts it short
constexpr std::size_t kUsualBytes = 1'000;  // of a record; longer ones count as several

std::size_t cost_of(const std::vector<Arrival>& arrivals) {
    std::size_t cost = 0;
    for (const Arrival& arrival : arrivals)
        cost += 1 + arrival.bytes / kUsualBytes;
    return cost;
}

}  // namespace

SharedPrices::SharedPrices(const SharedPricesSettings& settings, platform::KafkaStateHook on_state)
    : settings_{settings},
      most_cost_{std::max(
          settings.window_records / static_cast<std::size_t>(settings.partitions),
          3 * kReadAtOnce
      )},
      consumer_{settings.kafka, {.client_id = "duel-projector-prices"}, std::move(on_state)},
      windows_(static_cast<std::size_t>(settings.partitions)),
      thread_{[this](const std::stop_token& stop) { run(stop); }} {}

SharedPrices::~SharedPrices() {
    thread_.request_stop();
    consumer_.wake();
}

std::unique_ptr<SharedPrices::Follower>
SharedPrices::follow(std::int32_t partition, std::int64_t from, std::function<void()> wake) {
    Window& window = windows_.at(static_cast<std::size_t>(partition));
    std::unique_ptr<Follower> follower{new Follower{*this, window, from, std::move(wake)}};
    {
        const std::scoped_lock lock{mutex_};
        const bool is_far_ahead = from > window.end + static_cast<std::int64_t>(most_cost_);
        if (window.followers.empty() || window.error || is_far_ahead) window.start_at = from;
        window.followers.push_back(follower.get());
    }
    consumer_.wake();
    return follower;
}

// ---- the reading thread -----------------------------------------------------

void SharedPrices::run(const std::stop_token& stop) {
    platform::name_thread("read prices");
    while (!stop.stop_requested()) {
        if (settings_.heartbeat) settings_.heartbeat->beat();
        forget_interrupted();
        bool has_read = false;
        for (std::int32_t partition = 0; partition < settings_.partitions; ++partition)
            has_read = advance(partition) || has_read;
        if (!has_read) consumer_.wait(kIdleWait);
    }
}

// What was read before an interruption may be of another log than what is read after it.
void SharedPrices::forget_interrupted() {
    const std::uint64_t interruptions = consumer_.interruptions();
    if (interruptions == interruptions_) return;
    const std::scoped_lock lock{mutex_};
    for (Window& window : windows_) {
        window.blocks.clear();
        window.cost = 0;
        window.begin = window.end;
    }
    interruptions_ = interruptions;
}

// False where nothing was there or nobody wants it.
bool SharedPrices::advance(std::int32_t partition) {
    Window& window = windows_[static_cast<std::size_t>(partition)];
    {
        const std::scoped_lock lock{mutex_};
        if (window.start_at) start(window, partition);
        window.is_declining = !wants_more(window);
        if (window.is_declining) return false;
        window.is_reading = true;
    }
    Arrivals arrivals = arrival_reader_.read(*window.reader, Topic::prices, kReadAtOnce);
    const std::scoped_lock lock{mutex_};
    window.is_reading = false;
    window.error = window.reader->error();
    const bool has_read = arrivals != nullptr;
    if (has_read || window.error) keep(window, std::move(arrivals));
    window.end = std::max(window.end, window.reader->next_offset());
    return has_read;
}

void SharedPrices::start(Window& window, std::int32_t partition) {
    const std::int64_t from = *window.start_at;
    window.start_at.reset();
    window.begin = window.end = from;
    window.blocks.clear();
    window.cost = 0;
    window.error.reset();
    window.reader = nullptr;
    try {
        window.reader = &consumer_.start({std::string{text(Topic::prices)}, partition, from});
    } catch (const platform::KafkaError& error) {
        window.error = {platform::PartitionError::Kind::unknown_partition, error.what()};
        wake_starving(window);
    }
}

bool SharedPrices::wants_more(const Window& window) const {
    if (window.reader == nullptr) return false;
    const auto is_near_end = [&](const Follower* follower) {
        return !follower->is_behind_ && follower->next_ + kReadAhead > window.end;
    };
    if (std::ranges::none_of(window.followers, is_near_end)) return false;
    std::size_t left = window.cost + kReadAtOnce;
    std::int64_t begin = window.begin;  // with the next block in it
    for (auto block = window.blocks.begin(); left > most_cost_ && block != window.blocks.end();
         ++block) {
        left -= std::min(left, block->cost);
        begin = block->end;
    }
    const auto now = Clock::now();
    const auto falls_out = [&](const Follower* follower) {
        return !follower->is_behind_ && follower->next_ < begin;
    };
    if (std::ranges::none_of(window.followers, falls_out)) return true;
    const auto known = window.reader->known_watermarks();
    if (known && known->high - window.end > static_cast<std::int64_t>(most_cost_)) {
        return std::ranges::none_of(window.followers, [&](const Follower* follower) {
            return falls_out(follower) && now - follower->moved_at_ < kStandsStill;
        });
    }
    return std::ranges::any_of(window.followers, [&](const Follower* follower) {
        return follower->starving_since_ && now - *follower->starving_since_ >= kMostDelay;
    });
}

void SharedPrices::keep(Window& window, Arrivals arrivals) const {
    if (arrivals) {
        const std::size_t cost = cost_of(*arrivals);
        window.cost += cost;
        window.blocks.push_back({std::move(arrivals), window.reader->next_offset(), cost});
    }
    while (window.cost > most_cost_) {
        window.cost -= window.blocks.front().cost;
        window.begin = window.blocks.front().end;
        window.blocks.pop_front();
    }
    wake_starving(window);
}

void SharedPrices::wake_starving(const Window& window) {
    for (const Follower* follower : window.followers) {
        if (follower->starving_since_) follower->wake_();
    }
}

// ---- those who follow -------------------------------------------------------

SharedPrices::Follower::Follower(
    SharedPrices& prices,
    Window& window,
    std::int64_t from,
    std::function<void()> wake
)
    : prices_{prices}, window_{window}, wake_{std::move(wake)}, next_{from} {}

SharedPrices::Follower::~Follower() {
    const std::scoped_lock lock{prices_.mutex_};
    std::erase(window_.followers, this);
}

SharedPrices::Follower::Taken SharedPrices::Follower::take(std::int64_t from) {
    Taken taken{.arrivals = nullptr, .next = from, .is_behind = false, .error = {}};
    bool is_wanting = false;
    {
        const std::scoped_lock lock{prices_.mutex_};
        taken.is_behind = is_behind_ = !window_.start_at && from < window_.begin;
        const auto block = std::ranges::upper_bound(window_.blocks, from, {}, &Block::end);
        if (is_behind_) {
            starving_since_.reset();
        } else if (!window_.start_at && block != window_.blocks.end()) {
            taken.arrivals = block->arrivals;
            taken.next = block->end;
            moved_at_ = Clock::now();
            starving_since_.reset();
            is_wanting = window_.is_declining;
        } else {
            if (!window_.start_at) {
                taken.next = std::max(from, window_.end);
                taken.error = window_.error;
            }
            if (!starving_since_) starving_since_ = Clock::now();
            is_wanting = window_.is_declining;
        }
        next_ = taken.next;
    }
    if (is_wanting) prices_.consumer_.wake();
    return taken;
}

bool SharedPrices::Follower::is_near(std::int64_t offset) const {
    const std::scoped_lock lock{prices_.mutex_};
    return !window_.start_at && !window_.error &&
           offset >= window_.begin + (window_.end - window_.begin) / 2;
}

bool SharedPrices::Follower::is_caught_up() const {
    const std::scoped_lock lock{prices_.mutex_};
    if (window_.start_at || window_.is_reading || window_.reader == nullptr) return false;
    return next_ >= window_.end && window_.reader->is_caught_up();
}

std::optional<platform::Watermarks> SharedPrices::Follower::known_watermarks() const {
    const std::scoped_lock lock{prices_.mutex_};
    if (window_.reader == nullptr) return std::nullopt;
    return window_.reader->known_watermarks();
}

}  // namespace duel::projector
