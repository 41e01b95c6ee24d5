#include "core/event.hpp"

#include "random_event.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

using namespace duel;  // NOLINT(google-build-using-namespace)

namespace {

std::string record_of(const Event& event) {
    std::string out;
    encode(event, out);
    return out;
}

// "INVALID_FIELD amount: amount is 0; wanted …", or the type of what was accepted.
std::string outcome(Topic topic, std::string_view record) {
    Decoder decoder;
    const auto event = decoder.decode(topic, record);
    if (event) return std::string{type_of(*event)};
    return std::string{text(event.error().code)} + " " + event.error().sentence();
}

std::string trade_with(std::string_view fields) {
    return R"({"type":"trade","trade_id":"t","wallet_address":"w","symbol":"SOL","side":"buy","price":"2",)"
           R"("timestamp":"2025-11-13T19:15:12Z",)" +
           std::string{fields} + "}";
}

std::chrono::microseconds time_to_refuse(const std::string& record) {
    Decoder decoder;
    auto best = std::chrono::microseconds::max();
    for (int i = 0; i < 10; ++i) {
        const auto start = std::chrono::steady_clock::now();
        const auto event = decoder.decode(Topic::trades, record);
        const auto spent = std::chrono::steady_clock::now() - start;
        REQUIRE_FALSE(event.has_value());
        best = std::min(best, std::chrono::duration_cast<std::chrono::microseconds>(spent));
    }
    return best;
}

}  // namespace

TEST_CASE("an event that is encoded decodes to the same event", "[event][property]") {
    RandomEvents events{1};
    Decoder decoder;
    for (int i = 0; i < 50'000; ++i) {
        const Event event = events.next();
        const std::string record = record_of(event);
        const auto back = decoder.decode(topic_of(event), record);
        if (!back) FAIL(record << ": " << back.error().sentence());
        if (*back != event) FAIL(record << " became " << record_of(*back));
        if (decoder.decode(record).value() != event) FAIL(record << " without a topic");
    }
}

TEST_CASE("an event of one topic is an unknown type in the others", "[event][property]") {
    RandomEvents events{2};
    Decoder decoder;
    for (int i = 0; i < 1'000; ++i) {
        const Event event = events.next();
        for (const Topic topic : {Topic::trades, Topic::prices, Topic::status}) {
            const auto back = decoder.decode(topic, record_of(event));
            REQUIRE(back.has_value() == (topic == topic_of(event)));
            if (!back) REQUIRE(back.error().code == Code::unknown_type);
        }
    }
}

TEST_CASE(
    "a mutant is refused with a whole sentence, or is an event that can be written and read",
    "[event][property]"
) {
    RandomEvents events{3};
    Decoder decoder;
    int accepted = 0;
    for (int i = 0; i < 100'000; ++i) {
        std::string record = record_of(events.next());
        for (auto edits = 1 + events.pick(3); edits > 0 && !record.empty(); --edits) {
            const std::size_t at = events.pick(record.size());
            switch (events.pick(5)) {
                case 0:
                    record[at] = static_cast<char>(events.pick(256));
                    break;
                case 1:
                    record.erase(at, 1 + events.pick(8));
                    break;
                case 2:
                    record.insert(at, 1, static_cast<char>(events.pick(256)));
                    break;
                case 3:
                    record.insert(at, record.substr(events.pick(record.size()), events.pick(20)));
                    break;
                default:
                    record.resize(at);
                    break;
            }
        }
        const auto event = decoder.decode(record);
        if (event) {
            ++accepted;
            if (decoder.decode(record_of(*event)).value() != *event) FAIL(record);
        } else {
            const Error& error = event.error();
            const bool decodes = error.code == Code::malformed_json ||
                                 error.code == Code::unknown_type ||
                                 error.code == Code::invalid_field;
            if (!decodes || error.wanted.empty() || excerpt(error.value) != error.value)
                FAIL(record << ": " << error.sentence());
            if ((error.code == Code::malformed_json) != error.field.empty())
                FAIL(record << ": " << error.sentence());
        }
    }
    REQUIRE(accepted > 1'000);
}

TEST_CASE(
    "a refusal names the code, the field, the value as it stood and what was wanted",
    "[event]"
) {
    REQUIRE(
        outcome(Topic::trades, trade_with(R"("amount":"-1")")) ==
        "INVALID_FIELD amount is \"-1\"; wanted a number above 0"
    );
    REQUIRE(
        outcome(Topic::trades, trade_with(R"("amount":1e20)")) ==
        "INVALID_FIELD amount is 1e20; wanted a number below 10^20"
    );
    REQUIRE(
        outcome(Topic::trades, trade_with(R"("amount":0.1234567890123456789)")) ==
        "INVALID_FIELD amount is 0.1234567890123456789; wanted a number with at most 18 decimal "
        "places"
    );
    REQUIRE(
        outcome(Topic::trades, trade_with(R"("fee":0)")) ==
        "INVALID_FIELD amount is missing; wanted a number above 0"
    );
    REQUIRE(
        outcome(Topic::trades, trade_with(R"("amount":null)")) ==
        "INVALID_FIELD amount is null; wanted a number above 0"
    );
    REQUIRE(
        outcome(Topic::trades, trade_with(R"("amount":1,"contest_id":[1, 2])")) ==
        "INVALID_FIELD contest_id is [1, 2]; wanted text of 1 to 200 bytes"
    );
    REQUIRE(
        outcome(
            Topic::trades,
            trade_with(R"("amount":"99999999999")")
                .replace(trade_with("").find("\"2\""), 3, "\"9999999999\"")
        ) == "INVALID_FIELD amount is 99999999999 × 9999999999; wanted amount × price below 10^20"
    );
    REQUIRE(
        outcome(Topic::status, R"({"type":"trade"})") ==
        "UNKNOWN_TYPE type is \"trade\"; wanted one of source_status, announcement"
    );
    REQUIRE(
        outcome(Topic::status, "{}") ==
        "UNKNOWN_TYPE type is missing; wanted one of source_status, announcement"
    );
    REQUIRE(
        outcome(Topic::trades, "{} {}") ==
        "MALFORMED_JSON {} {}; wanted one valid JSON object and nothing after it"
    );
    REQUIRE(
        outcome(Topic::trades, R"({"a":1,"a":2})") == "MALFORMED_JSON \"a\"; wanted each key once"
    );
    REQUIRE(
        outcome(Topic::trades, trade_with(R"("amount":1,"amount":1)")) ==
        "MALFORMED_JSON \"amount\"; wanted each key once"
    );
}

TEST_CASE("the largest trade is amount times price just below 10^20", "[event]") {
    const auto trade = [](std::string_view amount, std::string_view price) {
        return outcome(
            Topic::trades,
            R"({"type":"trade","trade_id":"t","wallet_address":"w","symbol":"S","side":"sell","timestamp":0,"amount":)" +
                std::string{amount} + R"(,"price":)" + std::string{price} + "}"
        );
    };
    REQUIRE(trade("99999999999999999999.999999999999999999", "1") == "trade");
    REQUIRE(trade("50000000000000000000", "1.999999999999999999") == "trade");
    REQUIRE(trade("50000000000000000000", "2").starts_with("INVALID_FIELD amount"));
    REQUIRE(trade("10000000000", "10000000000").starts_with("INVALID_FIELD amount"));
}

TEST_CASE("a record of 65,536 bytes is read, one more byte is not", "[event]") {
    const std::string record = trade_with(R"("amount":1,"note":"")");
    const auto grown = [&](std::size_t bytes) {
        return trade_with(
            R"("amount":1,"note":")" + std::string(bytes - record.size(), 'x') + "\""
        );
    };
    REQUIRE(grown(kMaxRecordBytes).size() == kMaxRecordBytes);
    REQUIRE(outcome(Topic::trades, grown(kMaxRecordBytes)) == "trade");
    REQUIRE(outcome(Topic::trades, grown(kMaxRecordBytes + 1)).starts_with("MALFORMED_JSON"));
}

TEST_CASE("hostile records are refused in no time", "[event]") {
    // An optimised build needs less than a millisecond; this one checks itself, on a busy machine.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    constexpr std::chrono::milliseconds kInNoTime{200};
#else
    constexpr std::chrono::milliseconds kInNoTime{10};
#endif
    std::string fields = "{\"type\":\"trade\"";
    for (int i = 0; i < 1'000'000; ++i)
        fields += ",\"k" + std::to_string(i) + "\":1";
    std::string many = "{\"type\":\"trade\"";
    for (int i = 0; many.size() < kMaxRecordBytes - 20; ++i)
        many += ",\"" + std::to_string(i) + "\":1";
    std::string same = "{\"type\":\"trade\"";
    while (same.size() < kMaxRecordBytes - 20)
        same += ",\"\":1";

    REQUIRE(time_to_refuse(std::string(1'000'000, '[')) < kInNoTime);
    REQUIRE(time_to_refuse("{\"a\":" + std::string(65'000, '[')) < kInNoTime);
    REQUIRE(
        time_to_refuse("{\"a\":" + std::string(32'000, '[') + std::string(32'000, ']') + "}") <
        kInNoTime
    );
    REQUIRE(time_to_refuse(fields + "}") < kInNoTime);
    REQUIRE(time_to_refuse(many + "}") < kInNoTime);
    REQUIRE(time_to_refuse(same + "}") < kInNoTime);
    REQUIRE(time_to_refuse(trade_with(R"("amount":1e999999999)")) < kInNoTime);
    REQUIRE(time_to_refuse(trade_with("\"amount\":1e" + std::string(60'000, '9'))) < kInNoTime);
    REQUIRE(time_to_refuse(trade_with("\"amount\":0." + std::string(60'000, '9'))) < kInNoTime);
    REQUIRE(
        time_to_refuse(trade_with("\"amount\":\"" + std::string(60'000, '\x01') + "\"")) < kInNoTime
    );
    REQUIRE(time_to_refuse("{\"a\":\"" + std::string(65'000, '\\') + "\"}") < kInNoTime);
}

TEST_CASE("the Kafka key is the contest, or else the wallet, the symbol or the source", "[event]") {
    Trade trade;
    trade.wallet_address = "w";
    REQUIRE(key_of(Event{trade}) == "w");
    trade.contest_id = "c";
    REQUIRE(key_of(Event{trade}) == "c");
    REQUIRE(key_of(Event{Price{.symbol = "SOL"}}) == "SOL");
    REQUIRE(key_of(Event{Token{.symbol = "BTC"}}) == "BTC");
    REQUIRE(key_of(Event{RoundStarted{.contest_id = "c2"}}) == "c2");
    REQUIRE(key_of(Event{Withdrawal{.wallet_address = "w3"}}) == "w3");
    REQUIRE(key_of(Event{SourceStatus{.source = "binance"}}) == "binance");
    REQUIRE(key_of(Event{Announcement{}}) == "announcement");
}
