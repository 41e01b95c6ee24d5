#include "watch/mirror.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <unordered_map>
#include <unordered_set>

namespace duel::watch {
namespace {

// States that have entries, and what tells one entry from another.
struct Entries {
    std::string_view type;
    std::string_view list;
    std::string_view key;
};
constexpr std::array kEntries{
    Entries{"PORTFOLIO_UPDATED", "tokens", "symbol"},
    Entries{"LEADERBOARD_UPDATED", "leaderboard", "wallet_address"},
};

const Entries* entries_of(std::string_view type) {
    const auto* it = std::find_if(kEntries.begin(), kEntries.end(), [&](const Entries& entries) {
        return entries.type == type;
    });
    return it == kEntries.end() ? nullptr : it;
}

long rank_of(const Json& row) {
    const auto digits = row.text("rank");
    long rank = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), rank);
    return rank;
}

// The server's own order, so that the pictures of both kinds of client read the same.
void sort_entries(const Entries& kind, Json::Array& list) {
    const bool ranked = kind.type == "LEADERBOARD_UPDATED";
    std::stable_sort(list.begin(), list.end(), [&](const Json& a, const Json& b) {
        const auto rank_a = ranked ? rank_of(a) : 0;
        const auto rank_b = ranked ? rank_of(b) : 0;
        return rank_a != rank_b ? rank_a < rank_b : a.text(kind.key) < b.text(kind.key);
    });
}

void merge_entries(const Entries& kind, Json::Array& list, const Json& diff) {
    std::unordered_set<std::string_view> removed;
    if (const Json* keys = diff.find("removed"); keys && keys->array()) {
        for (const Json& key : *keys->array())
            removed.insert(key.text());
    }
    std::unordered_map<std::string_view, const Json*> changed;
    if (const Json* rows = diff.find(kind.list); rows && rows->array()) {
        for (const Json& row : *rows->array())
            changed[row.text(kind.key)] = &row;
    }
    std::erase_if(list, [&](const Json& row) { return removed.contains(row.text(kind.key)); });
    for (Json& row : list) {
        const auto it = changed.find(row.text(kind.key));
        if (it == changed.end()) continue;
        row = *it->second;
        changed.erase(it);
    }
    for (const auto& [key, row] : changed)
        list.push_back(*row);
}

std::string state_name(const Message& message) {
    const auto interval = message.data().text("interval");
    return interval.empty() ? message.type : fmt::format("{}/{}", message.type, interval);
}

}  // namespace

std::optional<std::string> Mirror::apply(const Message& message) {
    if (message.channel.empty() || message.is_event()) return std::nullopt;
    const Json& data = message.data();
    if (!data.object()) return std::nullopt;
    const Entries* kind = entries_of(message.type);
    States& states = channels_[message.channel];

    if (message.mode != "diff") {
        Json& state = states[state_name(message)] = data;
        if (kind && state.find(kind->list) && state.find(kind->list)->array()) {
            Json list = *state.find(kind->list);
            sort_entries(*kind, *list.array());
            state.set(kind->list, std::move(list));
        }
        return std::nullopt;
    }

    const auto it = states.find(state_name(message));
    if (it == states.end()) {
        return fmt::format("{}: a diff of {} before its snapshot", message.channel, message.type);
    }
    // Scalars come with every diff; one that is left out is unknown from now on.
    Json state = data;
    std::erase_if(*state.object(), [](const auto& member) { return member.first == "removed"; });
    if (kind) {
        const Json* before = it->second.find(kind->list);
        Json list = before && before->array() ? *before : Json{Json::Array{}};
        merge_entries(*kind, *list.array(), data);
        sort_entries(*kind, *list.array());
        state.set(kind->list, std::move(list));
    }
    it->second = std::move(state);
    return std::nullopt;
}

const Json* Mirror::find(std::string_view channel, std::string_view type) const {
    const auto states = channels_.find(channel);
    if (states == channels_.end()) return nullptr;
    const auto state = states->second.find(type);
    return state == states->second.end() ? nullptr : &state->second;
}

std::string Mirror::text() const {
    std::string out;
    for (const auto& [channel, states] : channels_) {
        for (const auto& [name, state] : states) {
            out += fmt::format("{} {} {}\n", channel, name, state.dump());
        }
    }
    return out;
}

}  // namespace duel::watch
