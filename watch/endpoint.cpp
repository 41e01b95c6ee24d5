#include "watch/endpoint.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace duel::watch {
namespace {

// The part after `contest:`; nothing where the channel is of another kind.
std::optional<std::string_view> name_after(std::string_view prefix, std::string_view channel) {
    if (!channel.starts_with(prefix) || channel.size() == prefix.size()) return std::nullopt;
    return channel.substr(prefix.size());
}

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (is_unreserved(c)) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += kHex[byte >> 4U];
        out += kHex[byte & 15U];
    }
    return out;
}

std::string Endpoint::target(const Wishes& wishes, const std::vector<std::string>& since) const {
    std::string target = "/api/v2/ws/";
    std::string query;
    const auto ask = [&](std::string_view name, std::string_view value) {
        query += query.empty() ? '?' : '&';
        query.append(name).append("=").append(value);
    };
    switch (kind) {
        case Kind::contest:
            target += "contest/" + percent_encoded(*name_after("contest:", channels.front()));
            if (wishes.top) ask("top", std::to_string(*wishes.top));
            break;
        case Kind::portfolio:
            target += "portfolio";
            if (const auto contest = name_after("portfolio:", channels.front())) {
                ask("contest_id", percent_encoded(*contest));
            }
            if (!wishes.wallet.empty()) ask("wallet", percent_encoded(wishes.wallet));
            break;
        case Kind::market: {
            target += "market";
            std::string symbols;
            for (const auto& channel : channels) {
                if (!symbols.empty()) symbols += ',';
                symbols += percent_encoded(*name_after("market:", channel));
            }
            ask("symbols", symbols);
            if (!wishes.intervals.empty()) ask("intervals", wishes.intervals);
            break;
        }
    }
    if (wishes.diff) ask("mode", "diff");
    for (const auto& cursor : since)
        ask("since", percent_encoded(cursor));
    return target + query;
}

bool Endpoint::resumes(std::string_view channel) const {
    const bool whole_wallet = kind == Kind::portfolio && channels.front() == "portfolio";
    if (whole_wallet) return channel.starts_with("portfolio");
    return std::find(channels.begin(), channels.end(), channel) != channels.end();
}

std::variant<std::vector<Endpoint>, std::string> endpoints_of(
    const std::vector<std::string>& channels
) {
    using Kind = Endpoint::Kind;
    std::vector<Endpoint> endpoints;
    for (const auto& channel : channels) {
        if (name_after("contest:", channel)) {
            endpoints.push_back({Kind::contest, {channel}});
        } else if (channel == "portfolio" || name_after("portfolio:", channel)) {
            endpoints.push_back({Kind::portfolio, {channel}});
        } else if (name_after("market:", channel)) {
            const auto market = std::find_if(endpoints.begin(), endpoints.end(), [](auto& each) {
                return each.kind == Kind::market;
            });
            if (market == endpoints.end()) {
                endpoints.push_back({Kind::market, {channel}});
            } else {
                market->channels.push_back(channel);
            }
        } else {
            return fmt::format(
                "\"{}\" is no channel: contest:ID, portfolio, portfolio:CONTEST or market:SYMBOL",
                channel
            );
        }
    }
    return endpoints;
}

}  // namespace duel::watch
