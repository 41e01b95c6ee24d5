#include "watch/narrate.hpp"

#include "watch/show.hpp"

#include <array>
#include <fmt/format.h>

namespace duel::watch {
namespace {

constexpr std::size_t kRowsShown = 5;

std::string named(const Json& who) {
    const auto username = who.text("username");
    return username.empty() ? short_wallet(who.text("wallet_address")) : clean(username);
}

// ` label VALUE` for what is there; nothing for what is left out.
std::string maybe(const Json& data, std::string_view label, std::string_view key) {
    const auto value = data.text(key);
    return value.empty() ? std::string{} : fmt::format(" · {} {}", label, clean(value));
}

std::string change(const Json& data, std::string_view key) {
    const auto value = data.text(key);
    return value.empty() ? std::string{} : fmt::format(" ({})", percent_text(value));
}

std::string count_of(const Json& data, std::string_view list, std::string_view noun) {
    const Json* entries = data.find(list);
    const auto count = entries && entries->array() ? entries->array()->size() : 0;
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string portfolio(const Json& data) {
    return fmt::format(
        "{}{} · {}",
        amount_text(data.text("total_value"), 2),
        change(data, "performance_24h"),
        count_of(data, "tokens", "token")
    );
}

std::string trade(const Json& data) {
    auto text = fmt::format(
        "{} {} {} @ {}",
        clean(data.text("side")),
        exact_text(data.text("amount")),
        clean(data.text("symbol")),
        exact_text(data.text("price"))
    );
    return text + maybe(data, "contest", "contest_id") + maybe(data, "trade", "trade_id");
}

std::string price(const Json& data) {
    return fmt::format(
        "{} {}{}",
        clean(data.text("symbol")),
        exact_text(data.text("price")),
        change(data, "change_24h")
    );
}

std::string volume(const Json& data) {
    return fmt::format(
        "{} {} {} in {} trades ({} bought, {} sold)",
        clean(data.text("symbol")),
        clean(data.text("interval")),
        exact_text(data.text("volume")),
        clean(data.text("trades_count")),
        exact_text(data.text("buy_volume")),
        exact_text(data.text("sell_volume"))
    );
}

std::string sentiment(const Json& data) {
    return fmt::format(
        "{} score {} · buy pressure {} · volume {}",
        clean(data.text("symbol")),
        amount_text(data.text("sentiment_score"), 2),
        amount_text(data.text("buy_pressure"), 2),
        clean(data.text("volume_trend"))
    );
}

std::string contest(const Json& data) {
    auto text = fmt::format(
        "{} · {} participants · prize pool {}",
        clean(data.text("status")),
        clean(data.text("total_participants")),
        exact_text(data.text("total_prize_pool"))
    );
    const auto left = data.text("time_remaining");
    if (!left.empty()) text += fmt::format(" · {} left", span_text(left));
    return text + maybe(data, "round", "current_round");
}

std::string leaderboard(const Json& data) {
    std::string text = count_of(data, "leaderboard", "row");
    const Json* rows = data.find("leaderboard");
    if (!rows || !rows->array()) return text;
    std::size_t shown = 0;
    for (const Json& row : *rows->array()) {
        if (shown++ == kRowsShown) return text + " · …";
        text += fmt::format(
            " · {}. {} {} {}",
            clean(row.text("rank")),
            named(row),
            amount_text(row.text("portfolio_value"), 2),
            percent_text(row.text("performance"))
        );
    }
    return text;
}

std::string activity(const Json& data) {
    auto text = fmt::format("{} {}", named(data), clean(data.text("activity_type")));
    const Json* details = data.find("details");
    if (!details || details->text("symbol").empty()) return text;
    return fmt::format("{} {}", text, trade(*details));
}

std::string service(const Json& data) {
    return fmt::format("{} · {}", clean(data.text("status")), clean(data.text("message")));
}

std::string subscribed(const Json& body) {
    auto text = fmt::format("recovery {}", clean(body.text("recovery")));
    return text + maybe(body, "reason", "reason") + maybe(body, "from seq", "seq");
}

struct Telling {
    std::string_view type;
    std::string (*tell)(const Json& data);
};
constexpr std::array kTellings{
    Telling{"PORTFOLIO_UPDATED", portfolio},
    Telling{"TRADE_EXECUTED", trade},
    Telling{"PRICE_UPDATED", price},
    Telling{"CONTEST_UPDATED", contest},
    Telling{"LEADERBOARD_UPDATED", leaderboard},
    Telling{"PARTICIPANT_ACTIVITY", activity},
    Telling{"MARKET_PRICE", price},
    Telling{"MARKET_VOLUME", volume},
    Telling{"MARKET_SENTIMENT", sentiment},
    Telling{"SERVER_STATUS_UPDATE", service},
};

std::string essentials(const Message& message) {
    if (message.type == "SUBSCRIBED") return subscribed(message.body);
    if (message.type == "pong") return clean(message.body.text("timestamp"));
    if (message.type == "ERROR" || message.type == "error") return clean(error_sentence(message));
    for (const auto& [type, tell] : kTellings) {
        if (message.type == type && message.data().object()) return tell(message.data());
    }
    return message.body.dump();
}

}  // namespace

std::string narrate(const Message& message) {
    std::string head = clean(message.type);
    if (!message.mode.empty()) head += " " + clean(message.mode);
    if (!message.channel.empty()) head += " " + clean(message.channel);
    return head + "  " + essentials(message);
}

}  // namespace duel::watch
