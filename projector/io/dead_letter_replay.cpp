#include "projector/io/dead_letter_replay.hpp"

#include "core/event.hpp"
#include "platform/kafka.hpp"
#include "projector/rules/homes.hpp"

#include <array>
#include <cstdio>
#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <sstream>

namespace duel::projector {
namespace {

using namespace std::chrono_literals;
using platform::Params;

constexpr auto kAskKafka = 10s;
constexpr auto kLook = 500ms;
constexpr int kRefused = 3;

// The last newline is the editor's and not the record's.
std::string content_of(const std::string& file) {
    std::ostringstream text;
    if (file == "-") {
        text << std::cin.rdbuf();
    } else {
        std::ifstream in{file, std::ios::binary};
        text << in.rdbuf();
        if (!in) throw std::runtime_error{file + ": cannot be read"};
    }
    std::string content = std::move(text).str();
    if (content.ends_with('\n')) content.pop_back();
    if (content.ends_with('\r')) content.pop_back();
    return content;
}

// What settles in which partition an event belongs; empty where nothing does.
std::string home_of(const Event& event) {
    const auto home = [](const auto& fact) -> std::string {
        if constexpr (requires { fact.contest_id.has_value(); })
            return fact.contest_id ? contest_home(*fact.contest_id)
                                   : wallet_home(fact.wallet_address);
        else if constexpr (requires { fact.contest_id; })
            return contest_home(fact.contest_id);
        else if constexpr (requires { fact.symbol; })
            return symbol_home(fact.symbol);
        else
            return {};
    };
    return std::visit(home, event);
}

// Why the record would be refused again, as far as that is certain before it is in the log.
std::optional<Error>
refusal_of(const ReplaySurroundings& with, const RecordPlace& place, const std::string& value) {
    Decoder decoder;
    const auto event =
        decoder.decode(place.topic == "trades" ? Topic::trades : Topic::prices, value);
    if (!event) return event.error();

    const Timestamp at = time_of(*event);
    if (at > std::chrono::system_clock::now() + with.settings.limits.future)
        return Error{
            Code::invalid_field,
            "timestamp",
            duel::text(at),
            "a time at most a minute (--future-limit) after now"};

    const std::string key = home_of(*event);
    const auto home = with.connection.exec(
        "select partition from " + with.connection.quote_name(with.model.schema) +
            ".homes where topic = $1 and key = $2",
        Params{}.add(place.topic).add(key)
    );
    if (home.empty() || home.one().get<std::int32_t>(0) == place.partition) return std::nullopt;
    return Error{
        Code::wrong_partition,
        "partition",
        std::to_string(place.partition),
        fmt::format("the home of {}, partition {}", key, home.one().get<std::int32_t>(0))};
}

// The key as the record has it: bytes, none at all, or, where the topic no longer holds the
// record, the text that the table kept.
std::optional<std::string>
key_of_record(const ReplaySurroundings& with, const StoredLetter& letter) {
    platform::Consumer consumer{with.kafka, {.client_id = "duel-projector dead-letters"}};
    consumer.assign({{letter.place.topic, letter.place.partition, letter.place.offset}});
    platform::PartitionReader& partition = *consumer.partitions().front();
    std::vector<platform::Record> records;
    const auto deadline = std::chrono::steady_clock::now() + kAskKafka;
    while (partition.read(records, 1) == 0 && !partition.error()) {
        if (with.shutdown.requested() || std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error{"Kafka does not give the record " + text(letter.place)};
        consumer.wait(100ms);
    }
    const auto& error = partition.error();
    if (error && error->kind != platform::PartitionError::Kind::offset_out_of_range)
        throw std::runtime_error{
            "Kafka does not give the record " + text(letter.place) + ": " + error->text};
    if (records.empty() || records.front().offset() != letter.place.offset) return letter.key;
    if (!records.front().has_key()) return std::nullopt;
    return std::string{records.front().key()};
}

RecordPlace append(
    const ReplaySurroundings& with,
    const RecordPlace& origin,
    const std::optional<std::string>& key,
    const std::string& value
) {
    RecordPlace landed{origin.topic, origin.partition, -1};
    std::string failure = "no answer within 30 s";
    platform::Producer producer{
        with.kafka,
        {.client_id = "duel-projector dead-letters", .linger = 0ms, .delivery_timeout = 30s},
        [&](const platform::Delivery& delivery) {
            landed.offset = delivery.offset;
            failure = delivery.error;
        }};
    const std::string from = text(origin);
    const std::array headers{platform::KafkaHeader{"replayed-from", from}};
    producer.produce(
        origin.topic,
        key ? std::string_view{*key} : std::string_view{},
        value,
        with.shutdown.flag(),
        nullptr,
        headers,
        origin.partition
    );
    producer.flush(35s);
    if (landed.offset < 0)
        throw std::runtime_error{
            fmt::format("{}/{}: not appended: {}", origin.topic, origin.partition, failure)};
    return landed;
}

bool await_applied(const ReplaySurroundings& with, const RecordPlace& place) {
    const auto deadline = std::chrono::steady_clock::now() + with.settings.patience;
    for (;;) {
        const auto left = std::chrono::floor<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now()
        );
        if (left <= 0ms || with.shutdown.requested()) return false;
        const auto applied = with.connection.exec(
            "select duel.wait_for($1, $2, $3, $4 * interval '1 ms')",
            Params{}
                .add(place.topic)
                .add(place.partition)
                .add(place.offset)
                .add(static_cast<double>(std::min(left, std::chrono::milliseconds{kLook}).count()))
        );
        if (applied.one().get<bool>(0)) return true;
    }
}

}  // namespace

int replay(const ReplaySurroundings& with, const StoredLetter& letter) {
    const std::string value =
        with.settings.with.empty() ? letter.value : content_of(with.settings.with);
    if (const auto refusal = refusal_of(with, letter.place, value)) {
        fmt::print(
            stderr,
            "not sent, it would be refused: {} {}\n",
            text(refusal->code),
            refusal->sentence()
        );
        return kRefused;
    }
    const RecordPlace landed = append(with, letter.place, key_of_record(with, letter), value);
    fmt::print("{}\n", text(landed));
    std::fflush(stdout);

    if (!await_applied(with, landed)) {
        fmt::print(stderr, "no verdict yet: the projector has not come so far\n");
        return 0;
    }
    if (const auto again = find_letter(with.connection, landed)) {
        fmt::print(stderr, "refused again: {} {}\n", again->code, again->reason);
        return kRefused;
    }
    fmt::print(stderr, "accepted\n");
    return 0;
}

}  // namespace duel::projector
