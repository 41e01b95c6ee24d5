#include "watch/options.hpp"

#include "core/channel.hpp"
#include "core/cursor.hpp"
#include "platform/settings.hpp"

#include <utility>

namespace duel::watch {
namespace {

[[noreturn]] void refuse(const std::string& sentence) {
    throw platform::SettingError(sentence);
}

template <class T>
T accepted(std::variant<T, std::string> parsed) {
    if (const auto* sentence = std::get_if<std::string>(&parsed)) refuse(*sentence);
    return std::get<T>(std::move(parsed));
}

}  // namespace

Options Options::parse(int argc, const char* const* argv) {
    Options options;
    std::vector<std::string> channels;
    std::string url = "wss://localhost:8443";
    platform::Secret token;
    enum class Mode { automatic, full, diff } mode = Mode::automatic;
    bool json = false;
    bool board = false;

    platform::Settings settings{
        "duel-watch", "Follows channels of the WebSocket server and shows what a client sees."};
    settings
        .add_argument(
            "CHANNEL", channels, "contest:ID, portfolio, portfolio:CONTEST or market:SYMBOL"
        )
        .required();
    settings.add("--wss", "DUEL_WSS", url, "URL", "the server");
    settings.add(
        "--ca", "DUEL_CA", options.ca_file, "file", "certificate to trust (default: the system's)"
    );
    settings.add("--token", "DUEL_TOKEN", token, "JWT", "session token (duel-wsserver token)")
        .required();
    settings.add("--json", "", json, "", "print every message as it came, one a line");
    settings.add("--board", "", board, "", "draw the leaderboard of one contest");
    settings.add("--hint", "", options.hints, "text", "a line under the board; may be repeated");
    settings.add("--since", "", options.since, "cursor", "resume from here; may be repeated");
    settings.add_choice(
        "--mode",
        "",
        mode,
        "full: complete states; diff: what changed (auto: diff for people, full with --json)",
        {{"auto", Mode::automatic}, {"full", Mode::full}, {"diff", Mode::diff}}
    );
    settings.add(
        "--top", "", options.wishes.top, "rows", "of a leaderboard (server's default 100)"
    );
    settings.add("--intervals", "", options.wishes.intervals, "list", "of market volume: 1m,1h");
    settings.add("--wallet", "", options.wishes.wallet, "wallet", "whose portfolio; admins only");
    settings.add("--for", "", options.longest, "time", "end after that time");
    settings.add("--count", "", options.most, "messages", "end after that many");
    settings.add(
        "--cut-every",
        "",
        options.cut_every,
        "time",
        "cut the connection that often, to try resuming"
    );
    settings.parse(argc, argv);

    options.endpoints = accepted(endpoints_of(channels));
    options.server = accepted(Server::parse(url));
    options.token = token.value;
    if (json && board) refuse("--json and --board exclude one another");
    if (json) options.form = Form::json;
    if (board) {
        const bool one_contest =
            options.endpoints.size() == 1 && options.endpoints[0].kind == Endpoint::Kind::contest;
        if (!one_contest) refuse("--board wants exactly one channel, contest:ID");
        options.form = Form::board;
    }
    options.wishes.diff = mode == Mode::diff || (mode == Mode::automatic && !json);
    return options;
}

std::vector<std::string>
cursors_for(const Endpoint& endpoint, const std::vector<std::string>& cursors) {
    std::vector<std::string> fitting;
    for (const auto& text : cursors) {
        const auto cursor = Cursor::parse(text);
        const auto channel = cursor ? Channel::parse_key(cursor->channel_key) : cursor.error();
        if (!channel || endpoint.resumes(channel->wire_name())) fitting.push_back(text);
    }
    return fitting;
}

}  // namespace duel::watch
