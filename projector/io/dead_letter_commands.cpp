#include "projector/io/dead_letter_commands.hpp"

#include "projector/io/control.hpp"
#include "projector/io/dead_letter_replay.hpp"

#include <cstdio>
#include <fmt/format.h>

namespace duel::projector {
namespace {

using platform::Connection;
using platform::Params;

// For a terminal: control characters would do things to it.
std::string printable(std::string_view bytes) {
    std::string shown;
    shown.reserve(bytes.size());
    for (const char byte : bytes) {
        const auto code = static_cast<unsigned char>(byte);
        if (code < 0x20 || code == 0x7F)
            shown += fmt::format("\\x{:02x}", code);
        else
            shown += byte;
    }
    return shown;
}

int list(Connection& connection, const DeadLetterSettings& settings) {
    const auto wanted = [](const std::string& text) {
        return text.empty() ? std::nullopt : std::optional{text};
    };
    const auto since = settings.since ? std::optional{settings.since->at} : std::nullopt;
    const auto limit = static_cast<std::int64_t>(settings.limit);
    std::int64_t found = 0;
    connection.stream(
        "select topic, partition, \"offset\", logged_at, code, reason from duel.dead_letters"
        " where topic = coalesce($1, topic) and code = coalesce($2, code)"
        " and logged_at >= coalesce($3, logged_at)"
        " order by logged_at desc, topic, partition, \"offset\" desc limit $4",
        Params{}.add(wanted(settings.topic)).add(wanted(settings.code)).add(since).add(limit + 1),
        [&](const platform::Row& row) {
            if (++found > limit) return;
            const RecordPlace place{
                row.get<std::string>(0), row.get<std::int32_t>(1), row.get<std::int64_t>(2)};
            fmt::print(
                "{} {} {} {}\n",
                duel::text(row.get<Timestamp>(3)),
                text(place),
                row.get<std::string_view>(4),
                printable(row.get<std::string_view>(5))
            );
        }
    );
    if (found == 0) fmt::print(stderr, "no dead letters\n");
    if (found > limit) fmt::print(stderr, "there are older ones: --limit, now {}\n", limit);
    return 0;
}

int show(const StoredLetter& letter, bool raw) {
    if (!raw) {
        fmt::print("place   {}\n", text(letter.place));
        fmt::print("logged  {}\n", duel::text(letter.logged_at));
        fmt::print("code    {}\n", letter.code);
        fmt::print("reason  {}\n", printable(letter.reason));
        if (letter.field) fmt::print("field   {}\n", *letter.field);
        if (letter.key) fmt::print("key     {}\n", printable(*letter.key));
        fmt::print("met by  {} at seq {}\n", letter.shard, letter.seq);
        fmt::print("record  {} bytes\n{}\n", letter.value.size(), printable(letter.value));
    } else if (std::fwrite(letter.value.data(), 1, letter.value.size(), stdout) < letter.value.size()) {
        throw std::runtime_error{"the record cannot be written"};
    }
    return 0;
}

}  // namespace

std::optional<StoredLetter> find_letter(Connection& connection, const RecordPlace& place) {
    const auto found = connection.exec(
        "select logged_at, code, reason, field, key, value, shard, seq from duel.dead_letters"
        " where topic = $1 and partition = $2 and \"offset\" = $3",
        Params{}.add(place.topic).add(place.partition).add(place.offset)
    );
    if (found.empty()) return std::nullopt;
    const platform::Row row = found.one();
    return StoredLetter{
        .place = place,
        .logged_at = row.get<Timestamp>(0),
        .code = row.get<std::string>(1),
        .reason = row.get<std::string>(2),
        .field = row.get<std::optional<std::string>>(3),
        .key = row.get<std::optional<std::string>>(4),
        .value = std::string{row.get<platform::Bytes>(5).data},
        .shard = row.get<std::string>(6),
        .seq = row.get<std::int64_t>(7)};
}

int run_dead_letters(
    const CommonSettings& common,
    const DeadLetterSettings& settings,
    const platform::Shutdown& shutdown
) {
    if (settings.action != DeadLetterAction::list && !settings.place)
        throw platform::SettingError{"PLACE is required: of the record, as trades/3:17"};
    Connection connection{platform::ConnectionSettings{
        .url = settings.postgres.value, .application_name = "duel-projector dead-letters"}};
    const Model model = active_model(connection);
    if (settings.action == DeadLetterAction::list) return list(connection, settings);

    const auto letter = find_letter(connection, *settings.place);
    if (!letter) {
        fmt::print(stderr, "{}: no record of this place was refused\n", text(*settings.place));
        return 1;
    }
    if (settings.action == DeadLetterAction::show) return show(*letter, settings.raw);
    return replay({common.kafka, settings, model, connection, shutdown}, *letter);
}

}  // namespace duel::projector
