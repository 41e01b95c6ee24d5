#include "core/channel.hpp"

#include <cstddef>
#include <optional>

namespace duel {
namespace {

constexpr std::string_view kMarket = "market:";
constexpr std::string_view kContest = "contest:";
constexpr std::string_view kPortfolio = "portfolio:";
constexpr std::string_view kMainPortfolio = "portfolio";
constexpr std::size_t kMaxIdBytes = 200;

Error refused(std::string_view name) {
    return {
        Code::unknown_channel,
        "channel",
        excerpt(name),
        "market:SYMBOL, contest:ID, portfolio or portfolio:CONTEST_ID"};
}

bool is_id(std::string_view text) {
    return !text.empty() && text.size() <= kMaxIdBytes && text.find('\0') == std::string_view::npos;
}

void append_encoded(std::string& out, std::string_view wallet) {
    if (wallet.find_first_of("%/") == std::string_view::npos) {
        out += wallet;
        return;
    }
    for (const char c : wallet) {
        if (c == '%')
            out += "%25";
        else if (c == '/')
            out += "%2F";
        else
            out += c;
    }
}

// Only what append_encoded() writes: an escape of any other byte would be a second key of the same
// wallet.
std::optional<std::string> decoded(std::string_view encoded) {
    std::string out;
    for (std::size_t i = 0; i < encoded.size(); ++i) {
        if (encoded[i] != '%') {
            out += encoded[i];
            continue;
        }
        const std::string_view escape = encoded.substr(i, 3);
        if (escape == "%25")
            out += '%';
        else if (escape == "%2F")
            out += '/';
        else
            return std::nullopt;
        i += 2;
    }
    return out;
}

// Channels whose key and wire name are the same.
std::optional<Channel> parse_shared(std::string_view name) {
    for (const auto& [prefix, kind] :
         {std::pair{kMarket, Channel::Kind::market}, std::pair{kContest, Channel::Kind::contest}}) {
        if (!name.starts_with(prefix)) continue;
        const std::string_view rest = name.substr(prefix.size());
        if (is_id(rest)) return Channel{kind, std::string{rest}, {}};
    }
    return std::nullopt;
}

}  // namespace

std::string Channel::key() const {
    std::string out;
    switch (kind) {
        case Kind::market:
            out.append(kMarket).append(name);
            break;
        case Kind::contest:
            append_contest_key(out, name);
            break;
        case Kind::portfolio:
            append_portfolio_key(out, wallet, name);
            break;
    }
    return out;
}

void Channel::append_contest_key(std::string& out, std::string_view contest_id) {
    out.append(kContest).append(contest_id);
}

void Channel::append_portfolio_key(
    std::string& out,
    std::string_view wallet,
    std::string_view contest_id
) {
    out += kPortfolio;
    append_encoded(out, wallet);
    if (!contest_id.empty()) out.append("/").append(contest_id);
}

std::string Channel::wire_name() const {
    if (kind != Kind::portfolio) return key();
    return name.empty() ? std::string{kMainPortfolio} : std::string{kPortfolio}.append(name);
}

Result<Channel> Channel::parse_key(std::string_view key) {
    if (auto channel = parse_shared(key)) return *std::move(channel);
    if (!key.starts_with(kPortfolio)) return refused(key);
    const std::string_view rest = key.substr(kPortfolio.size());
    const std::size_t slash = rest.find('/');
    auto wallet = decoded(rest.substr(0, slash));
    if (!wallet || !is_id(*wallet)) return refused(key);
    if (slash == std::string_view::npos) return portfolio(*std::move(wallet));
    const std::string_view contest_id = rest.substr(slash + 1);
    if (!is_id(contest_id)) return refused(key);
    return portfolio(*std::move(wallet), std::string{contest_id});
}

Result<Channel> Channel::parse_wire_name(std::string_view wire_name, std::string_view wallet) {
    if (auto channel = parse_shared(wire_name)) return *std::move(channel);
    if (wire_name == kMainPortfolio) return portfolio(std::string{wallet});
    if (!wire_name.starts_with(kPortfolio)) return refused(wire_name);
    const std::string_view contest_id = wire_name.substr(kPortfolio.size());
    if (!is_id(contest_id)) return refused(wire_name);
    return portfolio(std::string{wallet}, std::string{contest_id});
}

}  // namespace duel
