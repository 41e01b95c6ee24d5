#include "projector/io/dead_letter_settings.hpp"

#include "core/error.hpp"
#include "projector/io/settings.hpp"

#include <fmt/format.h>

namespace duel::projector {
namespace {

std::vector<std::pair<std::string, std::string>> code_words() {
    std::vector<std::pair<std::string, std::string>> words;
    for (const Code code :
         {Code::malformed_json,
          Code::unknown_type,
          Code::invalid_field,
          Code::unknown_contest,
          Code::contest_not_active,
          Code::not_a_participant,
          Code::wrong_partition,
          Code::duplicate_conflict})
        words.emplace_back(text(code), text(code));
    return words;
}

}  // namespace

std::optional<RecordPlace> parse_place(std::string_view text) {
    const auto slash = text.find('/');
    const auto colon = text.find(':');
    if (slash == std::string_view::npos || colon == std::string_view::npos || colon < slash)
        return std::nullopt;
    RecordPlace place{.topic = std::string{text.substr(0, slash)}};
    const auto partition =
        platform::SettingValue<std::int32_t>::read(text.substr(slash + 1, colon - slash - 1));
    const auto offset = platform::SettingValue<std::int64_t>::read(text.substr(colon + 1));
    if (!partition || !offset || *partition < 0 || *offset < 0) return std::nullopt;
    if (place.topic != "trades" && place.topic != "prices") return std::nullopt;
    place.partition = *partition;
    place.offset = *offset;
    return place;
}

std::string text(const RecordPlace& place) {
    return fmt::format("{}/{}:{}", place.topic, place.partition, place.offset);
}

void offer(platform::SettingTable& table, DeadLetterSettings& letters) {
    table
        .add_choice(
            "ACTION",
            "",
            letters.action,
            "list, show PLACE, or replay PLACE: append the record to the log again",
            {{"list", DeadLetterAction::list},
             {"show", DeadLetterAction::show},
             {"replay", DeadLetterAction::replay}}
        )
        .is_argument = true;
    table.add_argument("PLACE", letters.place, "of the record that was refused, as trades/3:17");
    table
        .add(
            "--postgres",
            "DUEL_PROJECTOR_POSTGRES",
            letters.postgres,
            "URL",
            "the database, as the role duel_projector"
        )
        .required();
    table.add_choice(
        "--topic",
        "",
        letters.topic,
        "list only this topic's",
        {{"trades", "trades"}, {"prices", "prices"}}
    );
    table.add_choice("--code", "", letters.code, "list only these", code_words());
    table.add("--since", "", letters.since, "time", "list only what came into the log since");
    table.add(
        "--limit",
        "",
        letters.limit,
        "records",
        "list the newest ones",
        platform::between(std::size_t{1}, std::size_t{1'000'000'000})
    );
    table.add("--raw", "", letters.raw, "", "show nothing but the record, byte for byte");
    table.add(
        "--with",
        "",
        letters.with,
        "file",
        "replay what stands there in place of the record, - for standard input"
    );
    table.add(
        "--patience",
        "",
        letters.patience,
        "time",
        "replay waits that long for the projector's verdict",
        platform::between(std::chrono::milliseconds{0}, std::chrono::milliseconds{3'600'000})
    );
    offer(table, letters.limits);
}

}  // namespace duel::projector
