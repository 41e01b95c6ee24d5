#include "platform/health.hpp"

#include "platform/log.hpp"

#include <algorithm>

namespace duel::platform {

Heartbeat::Heartbeat(std::string name, Clock::duration limit)
    : name_(std::move(name)),
      limit_(limit.count()),
      last_(Clock::now().time_since_epoch().count()) {}

Heartbeat::Patience::Patience(Heartbeat& heartbeat, Clock::duration limit)
    : heartbeat_(heartbeat), usual_(heartbeat.limit_) {
    heartbeat_.beat();
    heartbeat_.limit_ = limit.count();
}

Heartbeat::Patience::~Patience() {
    heartbeat_.beat();
    heartbeat_.limit_ = usual_;
}

void Health::expect(const std::string& name, const std::string& reason) {
    std::lock_guard lock(mutex_);
    conditions_.try_emplace(name, Condition{.name = name, .ok = false, .reason = reason});
}

void Health::set(const std::string& name, bool ok, const std::string& reason) {
    {
        std::lock_guard lock(mutex_);
        auto [known, is_new] =
            conditions_.try_emplace(name, Condition{.name = name, .ok = false, .reason = {}});
        Condition& condition = known->second;
        bool changed = is_new || !condition.was_said || condition.ok != ok;
        condition.ok = ok;
        condition.reason = reason;
        condition.was_said = true;
        if (!changed) return;
    }
    const char* separator = reason.empty() ? "" : ": ";
    if (ok) {
        log::info("{} is ready{}{}", name, separator, reason);
    } else {
        log::warn("{} is not ready{}{}", name, separator, reason);
    }
}

void Health::forget(const std::string& name) {
    std::lock_guard lock(mutex_);
    conditions_.erase(name);
}

bool Health::ready() const {
    if (!late().empty()) return false;
    std::lock_guard lock(mutex_);
    return std::all_of(conditions_.begin(), conditions_.end(), [](const auto& entry) {
        return entry.second.ok;
    });
}

std::vector<Health::Condition> Health::conditions() const {
    std::lock_guard lock(mutex_);
    std::vector<Condition> all;
    for (const auto& [name, condition] : conditions_)
        all.push_back(condition);
    return all;
}

std::shared_ptr<Heartbeat>
Health::heartbeat(const std::string& name, Heartbeat::Clock::duration limit) {
    std::shared_ptr<Heartbeat> made(new Heartbeat(name, limit));
    std::lock_guard lock(mutex_);
    std::erase_if(heartbeats_, [](const auto& known) { return known.expired(); });
    heartbeats_.push_back(made);
    return made;
}

std::vector<std::string> Health::late(Heartbeat::Clock::time_point now) const {
    std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    for (const auto& known : heartbeats_) {
        auto heart = known.lock();
        if (!heart) continue;
        Heartbeat::Clock::time_point last(Heartbeat::Clock::duration(heart->last_.load()));
        if (now - last <= Heartbeat::Clock::duration(heart->limit_.load())) continue;
        auto silent = std::chrono::duration_cast<std::chrono::seconds>(now - last).count();
        names.push_back(heart->name_ + " (silent for " + std::to_string(silent) + " s)");
    }
    return names;
}

}  // namespace duel::platform
