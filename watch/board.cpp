#include "watch/board.hpp"

#include "watch/show.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace duel::watch {
namespace {

constexpr std::size_t kRowsInLine = 3;

const Json::Array& rows_of(const Mirror& mirror, std::string_view contest) {
    static const Json::Array none;
    const Json* board = mirror.find(contest, "LEADERBOARD_UPDATED");
    const Json* rows = board ? board->find("leaderboard") : nullptr;
    return rows && rows->array() ? *rows->array() : none;
}

std::string name_of(const Json& row) {
    const auto username = row.text("username");
    return username.empty() ? short_wallet(row.text("wallet_address")) : clean(username);
}

std::string headline(const Mirror& mirror, std::string_view contest, const BoardLook& look) {
    std::string line = clean(contest);
    if (const Json* state = mirror.find(contest, "CONTEST_UPDATED")) {
        line += fmt::format(
            " · {} · {} participants",
            clean(state->text("status")),
            clean(state->text("total_participants"))
        );
        const auto prize = state->text("total_prize_pool");
        if (!prize.empty() && prize != "0")
            line += fmt::format(" · prize pool {}", exact_text(prize));
        const auto left = state->text("time_remaining");
        if (!left.empty()) line += fmt::format(" · {} left", span_text(left));
    }
    if (!look.connection.empty()) line += fmt::format(" · {}", look.connection);
    return line;
}

std::string table_line(
    std::string_view rank,
    std::string_view name,
    std::string_view value,
    std::string_view performance,
    std::string_view last_trade
) {
    return fmt::format(
        "{}  {}  {}  {}  {}",
        fitted(rank, 5, Align::right),
        fitted(name, 24, Align::left),
        fitted(value, 20, Align::right),
        fitted(performance, 12, Align::right),
        fitted(last_trade, 10, Align::right)
    );
}

std::string row_line(const Json& row) {
    const auto performance = row.text("performance");
    return table_line(
        clean(row.text("rank")),
        name_of(row),
        amount_text(row.text("portfolio_value"), 2),
        performance.empty() ? "" : percent_text(performance),
        clock_text(row.text("last_trade_time"))
    );
}

std::size_t lines_of(const std::string& hint, std::size_t width) {
    return width == 0 ? 1 : (hint.size() + width - 1) / width + (hint.empty() ? 1 : 0);
}

class Screen {
public:
    explicit Screen(const BoardLook& look) : look_(look) {}

    void add(std::string_view line, std::string_view colour = {}) {
        std::string cut{line};
        if (cut.size() > look_.width) cut = fitted(cut, look_.width, Align::left);
        while (cut.ends_with(' '))
            cut.pop_back();
        const bool coloured = look_.colour && !colour.empty();
        text_ += coloured ? fmt::format("\x1b[{}m{}\x1b[0m\n", colour, cut) : cut + "\n";
    }
    // For commands, which are copied: the terminal may wrap them.
    void add_uncut(std::string_view line) { text_.append(line).append("\n"); }

    std::string take() { return std::move(text_); }

private:
    const BoardLook& look_;
    std::string text_;
};

std::string_view colour_of(const Json& row) {
    const auto performance = row.text("performance");
    if (performance.starts_with('-')) return "31";
    return performance == "0" || performance.empty() ? "" : "32";
}

}  // namespace

std::string board_screen(const Mirror& mirror, std::string_view contest, const BoardLook& look) {
    Screen screen{look};
    screen.add(headline(mirror, contest, look), "1");
    screen.add("");
    screen.add(table_line("rank", "name", "portfolio value", "performance", "last trade"), "2");

    const auto& rows = rows_of(mirror, contest);
    std::size_t around = look.hints.empty() ? 4 : 5;
    for (const auto& hint : look.hints)
        around += lines_of(hint, look.width);
    const auto room = std::max<std::size_t>(look.height > around ? look.height - around : 1, 1);
    const auto shown = std::min(room, rows.size());
    for (std::size_t i = 0; i < shown; ++i)
        screen.add(row_line(rows[i]), colour_of(rows[i]));
    if (rows.empty()) screen.add("       nobody is ranked yet");
    if (shown < rows.size())
        screen.add(fmt::format("       … and {} more", rows.size() - shown), "2");

    if (!look.hints.empty()) screen.add("");
    for (const auto& hint : look.hints)
        screen.add_uncut(hint);
    return screen.take();
}

std::string board_line(const Mirror& mirror, std::string_view contest) {
    const auto& rows = rows_of(mirror, contest);
    if (rows.empty()) return {};
    std::string line = fmt::format("{} {} ranked", clean(contest), rows.size());
    for (std::size_t i = 0; i < std::min(kRowsInLine, rows.size()); ++i) {
        line += fmt::format(
            " · {}. {} {} {}",
            clean(rows[i].text("rank")),
            name_of(rows[i]),
            amount_text(rows[i].text("portfolio_value"), 2),
            percent_text(rows[i].text("performance"))
        );
    }
    return line;
}

}  // namespace duel::watch
