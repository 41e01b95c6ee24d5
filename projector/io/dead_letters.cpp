#include "projector/io/dead_letters.hpp"

namespace duel::projector {
namespace {

// Well-formed sequences, as RFC 3629 has them.
bool is_utf8(std::string_view bytes) {
    for (std::size_t i = 0; i < bytes.size();) {
        const auto at = [&](std::size_t j) {
            return i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U;
        };
        const unsigned first = at(0);
        const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        if (first >= 0x80 && (first < 0xC2 || first > 0xF4)) return false;
        for (std::size_t j = 1; j < length; ++j) {
            if ((at(j) & 0xC0U) != 0x80U) return false;
        }
        const bool is_bad_second =
            (first == 0xE0 && at(1) < 0xA0) || (first == 0xED && at(1) > 0x9F) ||
            (first == 0xF0 && at(1) < 0x90) || (first == 0xF4 && at(1) > 0x8F);
        if (is_bad_second) return false;
        i += length;
    }
    return true;
}

// Postgres takes UTF-8 without NUL only; other keys are shown as far as they can be.
std::string as_text(std::string_view bytes) {
    const bool fits = is_utf8(bytes) && bytes.find('\0') == std::string_view::npos;
    return fits ? std::string{bytes} : excerpt(bytes);
}

}  // namespace

DeadLetter dead_letter_of(const Input& input, const Error& error, std::int64_t seq) {
    return {
        .topic = std::string{text(input.place().topic)},
        .partition = input.place().partition,
        .offset = input.place().offset,
        .seq = seq,
        .logged_at = input.place().log_time,
        .code = std::string{text(error.code)},
        .reason = error.sentence(),
        .field = error.field,
        .key = as_text(input.record().key()),
        .kafka_key = input.record().key(),
        .value = input.record().value()};
}

void write_dead_letters(
    platform::Connection& connection,
    const ShardId& shard,
    const std::vector<DeadLetter>& letters
) {
    if (letters.empty()) return;
    platform::BinaryCopy copy{
        "dead_letters",
        {"topic",
         "partition",
         "\"offset\"",
         "seq",
         "logged_at",
         "shard",
         "code",
         "reason",
         "field",
         "key",
         "value"}};
    for (const DeadLetter& letter : letters) {
        const auto optional = [](const std::string& text) {
            return text.empty() ? std::nullopt : std::optional{text};
        };
        copy.row(
            letter.topic,
            letter.partition,
            letter.offset,
            letter.seq,
            letter.logged_at,
            shard.number(),
            letter.code,
            letter.reason,
            optional(letter.field),
            optional(letter.key),
            platform::Bytes{letter.value}
        );
    }
    connection.copy(copy);
}

UntoldLetters untold_letters(
    platform::Connection& connection,
    const ShardId& shard,
    const ShardPosition& position
) {
    UntoldLetters untold;
    const auto found = connection.exec(
        "select topic, partition, \"offset\", seq, logged_at, code, reason, field, key, value"
        " from dead_letters where topic = $3 and partition = $4 and shard = $1 and seq > $2"
        " order by seq",
        platform::Params{}
            .add(shard.number())
            .add(position.published_seq)
            .add(text(shard.own_topic()))
            .add(shard.partition)
    );
    for (const auto row : found) {
        DeadLetter letter;
        letter.topic = row.get<std::string>(0);
        letter.partition = row.get<std::int32_t>(1);
        letter.offset = row.get<std::int64_t>(2);
        letter.seq = row.get<std::int64_t>(3);
        letter.logged_at = row.get<Timestamp>(4);
        letter.code = row.get<std::string>(5);
        letter.reason = row.get<std::string>(6);
        letter.field = row.get<std::optional<std::string>>(7).value_or("");
        letter.key = row.get<std::optional<std::string>>(8).value_or("");
        letter.kafka_key = untold.values.emplace_back(letter.key);
        letter.value = untold.values.emplace_back(row.get<platform::Bytes>(9).data);
        untold.letters.push_back(std::move(letter));
    }
    return untold;
}

}  // namespace duel::projector
