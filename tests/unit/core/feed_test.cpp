#include "core/feed.hpp"

#include "golden.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <set>
#include <string>

using namespace duel;  // NOLINT(google-build-using-namespace)

namespace {

std::string outcome(std::string_view record) {
    feed::Decoder decoder;
    const auto decoded = decoder.decode(record);
    return decoded ? std::string{feed::type_of(decoded->body)}
                   : std::string{text(decoded.error().code)} + " " + decoded.error().sentence();
}

std::string encoded(const feed::Record& record) {
    std::string out;
    feed::encode(record, out);
    return out;
}

template <class... Bodies>
std::set<std::string> all_types(const std::variant<Bodies...>*) {
    return {std::string{Bodies::kType}...};
}

}  // namespace

TEST_CASE("golden records of the feed are read and written again byte for byte", "[feed][golden]") {
    feed::Decoder decoder;
    std::set<std::string> unseen = all_types(static_cast<const feed::Body*>(nullptr));
    const auto golden_records = golden::load("feed").at("records");
    for (const auto& entry : golden_records) {
        INFO(entry.at("name"));
        const auto text = golden::record(entry);
        const auto record = decoder.decode(text);
        REQUIRE((record ? "" : record.error().sentence()) == "");
        REQUIRE(encoded(*record) == text);
        unseen.erase(std::string{feed::type_of(record->body)});
    }
    REQUIRE(unseen.empty());
}

TEST_CASE("the outline of a record says what decoding says of its head", "[feed][golden]") {
    feed::Decoder decoder;
    const auto golden_records = golden::load("feed").at("records");
    for (const auto& entry : golden_records) {
        INFO(entry.at("name"));
        const auto text = golden::record(entry);
        const auto record = decoder.decode(text).value();
        const auto outline = feed::outline(text);
        if (!outline) {
            REQUIRE(record.head.channel.find_first_of("\"\\") != std::string::npos);
            continue;
        }
        REQUIRE(outline->channel == record.head.channel);
        REQUIRE(outline->epoch == record.head.epoch);
        REQUIRE(outline->seq == record.head.seq);
        REQUIRE(outline->prev_seq == record.head.prev_seq);
        REQUIRE(outline->kind == feed::kind_of(record.body));
        REQUIRE(outline->type == feed::type_of(record.body));
    }
}

TEST_CASE("there is no outline of a record in another spelling", "[feed]") {
    const std::string written =
        R"({"channel":"contest:c","epoch":"e","shard":"contest/0","seq":9,"kind":"event","type":"activity","prev_seq":7,"body":{)";
    REQUIRE(feed::outline(written));
    for (std::size_t length = 0; length < written.size(); ++length)
        REQUIRE_FALSE(feed::outline(written.substr(0, length)));
    REQUIRE_FALSE(feed::outline("{ " + written.substr(1)));
    const auto changed = [&](const std::string& from, const std::string& to) {
        auto text = written;
        return text.replace(text.find(from), from.size(), to);
    };
    REQUIRE_FALSE(feed::outline(changed("contest:c", R"(contest:\"c)")));
    REQUIRE_FALSE(feed::outline(changed(R"("prev_seq":7,)", "")));
    REQUIRE_FALSE(feed::outline(changed(R"("seq":9)", R"("seq":-9)")));
    REQUIRE_FALSE(feed::outline(changed(R"("seq":9)", R"("seq":18446744073709551616)")));
}

TEST_CASE("amounts of the feed are exact", "[feed]") {
    feed::Price price{
        .symbol = "SOL", .price = Amount::parse("12345678901234567890.123456789012345678").value()};
    const feed::Record record{{"market:SOL", "0123456789abcdef", "market/0", 1, {}}, price};
    REQUIRE(
        encoded(record).find("\"price\":12345678901234567890.123456789012345678,") !=
        std::string::npos
    );
    REQUIRE(feed::Decoder{}.decode(encoded(record)).value() == record);
}

TEST_CASE("an event of the feed must say which came before", "[feed]") {
    feed::Record record{{"contest:c", "e", "contest/0", 9, 7}, feed::Activity{.contest_id = "c"}};
    REQUIRE(outcome(encoded(record)) == "activity");
    record.head.prev_seq.reset();
    REQUIRE(
        outcome(encoded(record)) ==
        "INVALID_FIELD prev_seq is missing; wanted the seq of the event before on the channel"
    );
}

TEST_CASE("unknown fields of the feed are ignored and broken ones named", "[feed]") {
    const std::string head =
        R"({"new":[1],"channel":"market:SOL","epoch":"e","shard":"market/0","seq":3,"kind":"state","type":)";
    REQUIRE(
        outcome(
            head +
            R"("sentiment","body":{"x":{},"symbol":"SOL","sentiment_score":0.5,"buy_pressure":0.75,"sell_pressure":0.25,)"
            R"("volume_trend":"stable","at":"2025-11-13T19:15:12Z"}})"
        ) == "sentiment"
    );
    REQUIRE(outcome(head + R"("sentiment","body":{"symbol":"SOL"}})")
                .starts_with("INVALID_FIELD sentiment_score is missing"));
    REQUIRE(
        outcome(head + R"("sentiment","body":[]})") == "INVALID_FIELD body is []; wanted an object"
    );
    REQUIRE(outcome(head + R"("sentiment"})").starts_with("INVALID_FIELD body is missing"));
    REQUIRE(outcome(head + R"("rumour","body":{}})").starts_with("UNKNOWN_TYPE type is rumour"));
    REQUIRE(outcome(head + R"("sentiment","body":{}} x)").starts_with("MALFORMED_JSON"));
    REQUIRE(outcome(R"({"channel":"c","epoch":"e","shard":"s","seq":-1,"type":"price","body":{}})")
                .starts_with("INVALID_FIELD seq is -1"));
}

TEST_CASE("a row that is broken is named inside its list", "[feed]") {
    REQUIRE(
        outcome(
            R"({"channel":"contest:c","epoch":"e","shard":"contest/0","seq":3,"kind":"state","type":"leaderboard","body":)"
            R"({"contest_id":"c","ranked_at":"2025-11-13T19:15:12Z","rows":[{"rank":"first"}],"removed":[],"more":false}})"
        )
            .starts_with(
                "INVALID_FIELD rows is [{\"rank\":\"first\"}]; wanted in each: rank a whole number"
            )
    );
}

TEST_CASE("the largest part of a ranking is read back", "[feed]") {
    feed::Leaderboard board{
        .contest_id = "c", .ranked_at = {}, .rows = {}, .removed = {"gone", "left"}, .more = true};
    for (std::size_t i = 0; i < feed::Leaderboard::kMaxRows; ++i) {
        feed::LeaderboardRow row;
        row.rank = static_cast<std::int64_t>(i + 1);
        row.wallet_address = "7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosg" + std::to_string(i);
        row.username = std::string(i % 50, 'u');
        if (i % 3 != 0)
            row.portfolio_value =
                Amount::from_units(static_cast<Int128>(i) * Amount::kUnitsPerOne / 7);
        row.performance = Amount::from_integer(-static_cast<std::int64_t>(i));
        if (i % 2 == 0) row.last_trade_time = Timestamp{std::chrono::seconds{i}};
        board.rows.push_back(row);
    }
    const feed::Record record{{"contest:c", "e", "contest/0", 9, {}}, board};
    REQUIRE(feed::Decoder{}.decode(encoded(record)).value() == record);
}
