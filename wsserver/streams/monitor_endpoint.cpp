#include "wsserver/streams/streams.hpp"

#include <algorithm>
#include <charconv>

// /api/v2/ws/monitor: FILTER chooses connections and events, CLOSE_CONNECTION ends one.
namespace duel::wsserver {
namespace {

constexpr std::size_t kMostRows = 10'000;

Error refused(const Demand& demand, std::string_view field, std::string wanted) {
    const auto found = demand.fields.find(field);
    return {
        Code::invalid_field,
        std::string{field},
        found == demand.fields.end() ? "" : excerpt(found->dump()),
        std::move(wanted)};
}

// A text that may be missing.
Result<std::string> text_of(const Demand& demand, std::string_view field) {
    const auto found = demand.fields.find(field);
    if (found == demand.fields.end() || found->is_null()) return std::string{};
    if (!found->is_string()) return refused(demand, field, "a text");
    return found->get<std::string>();
}

Result<MonitorFilter> filter_of(const Demand& demand) {
    MonitorFilter filter;
    const auto endpoint = text_of(demand, "endpoint");
    const auto wallet = text_of(demand, "wallet");
    const auto ip = text_of(demand, "ip");
    const auto state = text_of(demand, "state");
    for (const auto* field : {&endpoint, &wallet, &ip, &state})
        if (!*field) return field->error();
    const auto is_named = [&](const Endpoint& one) { return one.name == *endpoint; };
    if (!endpoint->empty() && std::ranges::none_of(kEndpoints, is_named))
        return refused(demand, "endpoint", "the name of an endpoint, such as v2_market");
    if (!state->empty()) {
        filter.state = from_text<ConnectionState>(*state);
        if (!filter.state) return refused(demand, "state", "waiting, open, slow or closing");
    }
    if (const auto limit = demand.fields.find("limit"); limit != demand.fields.end()) {
        if (!limit->is_number_unsigned() || *limit > kMostRows)
            return refused(demand, "limit", "a whole number up to 10000");
        filter.limit = limit->get<std::size_t>();
    }
    filter.endpoint = *endpoint;
    filter.wallet = *wallet;
    filter.ip = *ip;
    return filter;
}

Result<ConnectionId> id_of(const Demand& demand) {
    const auto text = text_of(demand, "id");
    if (!text) return text.error();
    ConnectionId id = 0;
    const auto* end = text->data() + text->size();
    const auto [stop, failure] = std::from_chars(text->data(), end, id, 16);
    if (failure != std::errc{} || stop != end || id == 0)
        return refused(demand, "id", "the id of a connection");
    return id;
}

}  // namespace

Result<Opening> open_monitor(const Asked&) {
    return Opening{.notice = Notice::monitor};
}

Result<Change> heed_monitor(const Demand& demand, const Identity&) {
    if (is_type(demand, "FILTER")) {
        auto filter = filter_of(demand);
        if (!filter) return filter.error();
        return Change{.monitor = MonitorDemand{.filter = std::move(*filter)}};
    }
    if (is_type(demand, "CLOSE_CONNECTION")) {
        const auto id = id_of(demand);
        if (!id) return id.error();
        return Change{.monitor = MonitorDemand{.close = *id}};
    }
    return unknown_demand(demand, "FILTER, CLOSE_CONNECTION or ping");
}

}  // namespace duel::wsserver
