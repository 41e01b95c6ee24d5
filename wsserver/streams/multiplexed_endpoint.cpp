#include "wsserver/streams/contest_stream.hpp"
#include "wsserver/streams/streams.hpp"

// /api/v2/ws: every channel on one socket, by SUBSCRIBE and UNSUBSCRIBE.
namespace duel::wsserver {
namespace {

using nlohmann::json;

struct Named {
    Channel channel;
    std::string name;
};

// The channels of a message; names that are none are refused one by one.
Result<std::vector<Named>>
channels_of(const Demand& demand, const Identity& identity, Change& change) {
    const auto names = texts_of(demand, "channels");
    if (!names) return names.error();
    std::vector<Named> channels;
    for (const auto& name : *names) {
        auto channel = Channel::parse_wire_name(name, identity.wallet);
        if (channel)
            channels.push_back({std::move(*channel), name});
        else
            change.refused.push_back({channel.error(), name});
    }
    return channels;
}

Result<Options> options_of(const Demand& demand, const Identity& identity) {
    Options options{.viewer = identity.wallet};
    if (const auto mode = demand.fields.find("mode"); mode != demand.fields.end()) {
        if (*mode != "diff" && *mode != "full")
            return Error{Code::invalid_field, "mode", excerpt(mode->dump()), "diff or full"};
        options.diff = *mode == "diff";
    }
    if (const auto top = demand.fields.find("top"); top != demand.fields.end()) {
        if (!top->is_number_unsigned() || *top < 1U || *top > ContestStream::kMostTop)
            return Error{
                Code::invalid_field,
                "top",
                excerpt(top->dump()),
                "a whole number from 1 to " + std::to_string(ContestStream::kMostTop)};
        options.top = top->get<std::size_t>();
    }
    auto intervals = intervals_of(demand);
    if (!intervals) return intervals.error();
    options.intervals = std::move(*intervals);
    return options;
}

// `since` may hold cursors of channels beside those of the message: a client that keeps one list of
// all need not sort it.
Result<Since> since_of(const Demand& demand, const Identity& identity) {
    Since since;
    const auto found = demand.fields.find("since");
    if (found == demand.fields.end()) return since;
    if (!found->is_object())
        return Error{
            Code::invalid_field, "since", excerpt(found->dump()), "an object: channel to cursor"};
    for (const auto& [name, text] : found->items()) {
        const auto channel = Channel::parse_wire_name(name, identity.wallet);
        if (!channel) continue;
        auto key = channel->key();
        auto cursor = text.is_string() ? Cursor::parse(text.get_ref<const std::string&>())
                                       : Result<Cursor>{Error{Code::invalid_cursor}};
        if (cursor && cursor->channel_key == key)
            since.cursors.insert_or_assign(std::move(key), std::move(*cursor));
        else
            since.invalid.insert(std::move(key));
    }
    return since;
}

Result<Change> subscribe(const Demand& demand, const Identity& identity) {
    Change change;
    auto options = options_of(demand, identity);
    if (!options) return options.error();
    auto since = since_of(demand, identity);
    if (!since) return since.error();
    auto channels = channels_of(demand, identity, change);
    if (!channels) return channels.error();
    for (auto& [channel, name] : *channels) {
        // As on the portfolio's own endpoint: the main one brings the trades of all.
        if (channel == Channel::portfolio(identity.wallet)) change.add.trades_of = identity.wallet;
        change.add.wishes.push_back({std::move(channel), *options});
    }
    change.add.since = std::move(*since);
    return change;
}

Result<Change> unsubscribe(const Demand& demand, const Identity& identity) {
    Change change;
    auto channels = channels_of(demand, identity, change);
    if (!channels) return channels.error();
    for (auto& [channel, name] : *channels)
        change.remove.push_back(std::move(channel));
    return change;
}

}  // namespace

Result<Opening> open_multiplexed(const Asked&) {
    return Opening{};
}

Result<Change> heed_multiplexed(const Demand& demand, const Identity& identity) {
    if (is_type(demand, "SUBSCRIBE")) return subscribe(demand, identity);
    if (is_type(demand, "UNSUBSCRIBE")) return unsubscribe(demand, identity);
    return unknown_demand(demand, "SUBSCRIBE, UNSUBSCRIBE, ping or authenticate");
}

}  // namespace duel::wsserver
