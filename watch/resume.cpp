#include "watch/resume.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace duel::watch {

std::optional<std::string> Resume::check_event(const Place& place, const Message& message) {
    const auto before = *message.prev_seq;
    if (message.seq <= before) {
        return fmt::format("event {} claims to follow {}", message.seq, before);
    }
    if (!place.anchored) return std::nullopt;
    if (place.last_event && message.seq == *place.last_event) {
        return fmt::format("event {} came twice", message.seq);
    }
    if (message.seq <= place.newest && place.last_event) {
        return fmt::format(
            "event {} came after {} ({} was already shown)",
            message.seq,
            *place.last_event,
            place.newest
        );
    }
    if (message.seq <= place.newest) {
        return fmt::format(
            "event {} came after the state at {}, which includes it", message.seq, place.newest
        );
    }
    if (place.last_event && before != *place.last_event) {
        return fmt::format(
            "gap: event {} follows {}, but the newest received is {}",
            message.seq,
            before,
            *place.last_event
        );
    }
    if (!place.last_event && before > place.newest) {
        return fmt::format(
            "gap: event {} follows {}, but the channel was joined at {}",
            message.seq,
            before,
            place.newest
        );
    }
    return std::nullopt;
}

std::optional<std::string> Resume::accept(const Message& message) {
    if (message.channel.empty()) return std::nullopt;
    Place& place = places_[message.channel];
    if (!message.cursor.empty() && (message.seq >= place.newest || message.type == "SUBSCRIBED")) {
        place.cursor = message.cursor;
    }

    std::optional<std::string> wrong;
    if (message.type == "SUBSCRIBED") {
        const auto recovery = message.body.text("recovery");
        if (recovery == "none" && place.last_event)
            wrong = "the server took no notice of our cursor";
        if (recovery != "replayed") place.last_event.reset();
        place.newest = message.seq;
        place.anchored = true;
    } else if (message.is_event()) {
        wrong = check_event(place, message);
        ++events_;
        place.last_event = std::max(message.seq, place.last_event.value_or(0));
        place.anchored = true;
    } else if (message.seq < place.newest) {
        wrong = fmt::format(
            "{} at {} came after a message at {}", message.type, message.seq, place.newest
        );
    }
    place.newest = std::max(place.newest, message.seq);
    if (wrong) wrong = message.channel + ": " + *wrong;
    return wrong;
}

void Resume::connected() {
    for (auto& [channel, place] : places_) {
        if (!place.anchored) place.newest = 0;
    }
}

std::vector<std::string> Resume::cursors(const std::function<bool(std::string_view)>& wanted
) const {
    std::vector<std::string> newest;
    for (const auto& [channel, place] : places_) {
        if (!place.cursor.empty() && wanted(channel)) newest.push_back(place.cursor);
    }
    return newest;
}

}  // namespace duel::watch
