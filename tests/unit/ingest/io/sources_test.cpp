#include "ingest/io/open_sources.hpp"
#include "tests/unit/scratch.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>
#include <map>
#include <vector>

using namespace duel;
using namespace duel::ingest;

namespace {

constexpr std::string_view kArenaHeader =
    "filled_at,symbol,side,shares,price,amount,reason,agent_public_id,run_public_id,"
    "experiment_run_public_id,closed_pnl,dir,fee\n";
constexpr std::string_view kTapeHeader =
    "recv_ns,market,symbol,kind,exch_ms,id,price_or_bid,qty_or_bidqty,side_or_ask,askqty\n";
constexpr std::string_view kTick =
    R"({"type":"price","symbol":"SOL","price":1,"timestamp":1700000000000})";

// What a source gives, a line each: topic, key and value of a record, or the refusal.
std::vector<std::string> texts_of(Source& source, std::size_t stop_after = SIZE_MAX) {
    std::vector<std::string> texts;
    OutgoingRecord record;
    Refusal refusal;
    while (true) {
        if (texts.size() == stop_after) source.stop();
        switch (source.next(record, refusal)) {
            case Source::Step::end:
                return texts;
            case Source::Step::record:
                texts.push_back(
                    fmt::format("{} {} {}", text(record.topic), record.key, record.value)
                );
                break;
            case Source::Step::refused:
                texts.push_back(fmt::format(
                    "refused {}:{}",
                    std::filesystem::path{refusal.file}.filename().string(),
                    refusal.line
                ));
                break;
        }
    }
}

std::vector<std::string>
replayed(const std::vector<std::string>& paths, std::optional<std::uint64_t> most = std::nullopt) {
    ReadLimit limit{most};
    return texts_of(*open_sources(paths, limit));
}

// How many records of each type a path gives, as far as the start of its JSON says.
std::map<std::string, int> types_in(const std::filesystem::path& path) {
    std::map<std::string, int> counts;
    ReadLimit limit;
    const SourcePtr source = open_sources({path.string()}, limit);
    OutgoingRecord record;
    Refusal refusal;
    for (auto step = source->next(record, refusal); step != Source::Step::end;
         step = source->next(record, refusal))
        ++counts[step == Source::Step::refused ? "refused" : std::string{record.type}];
    return counts;
}

bool has_recordings() {
    if (std::filesystem::exists(recordings())) return true;
    WARN("skipped: no recordings at " << recordings().string());
    return false;
}

}  // namespace

TEST_CASE("the lines of an event file are records of the topic that their type says", "[sources]") {
    const Scratch scratch;
    const std::string started =
        R"({"contest_id":"c","type":"contest_started","timestamp":1700000000000})";
    const auto file = scratch.write("a.jsonl", fmt::format("{}\nnonsense\n{}\n\n", kTick, started));
    REQUIRE(
        replayed({file.string()}) ==
        std::vector<std::string>{
            fmt::format("prices SOL {}", kTick),
            "refused a.jsonl:2",
            fmt::format("trades c {}", started),
            "refused a.jsonl:4"}
    );
}

TEST_CASE("several files are replayed in order, and the limit counts over all", "[sources]") {
    const Scratch scratch;
    const auto one = scratch.write("1.jsonl", fmt::format("{0}\n{0}\n", kTick)).string();
    const auto two =
        scratch.write("2.jsonl.zst", compressed(fmt::format("bad\n{}\n", kTick))).string();
    REQUIRE(replayed({one, two}).size() == 4);
    REQUIRE(replayed({two, one}).front() == "refused 2.jsonl.zst:1");
    REQUIRE(replayed({one, two}, 3).back() == "refused 2.jsonl.zst:1");
    REQUIRE(replayed({one, two}, 0).empty());
}

TEST_CASE("a folder's event files are replayed by name", "[sources]") {
    const Scratch scratch;
    scratch.write("b.jsonl", "bad\n");
    scratch.write("a.jsonl", fmt::format("{}\n", kTick));
    scratch.write("notes.txt", "not read\n");
    REQUIRE(
        replayed({scratch.folder().string()}) ==
        std::vector<std::string>{fmt::format("prices SOL {}", kTick), "refused b.jsonl:1"}
    );
}

TEST_CASE("what cannot be replayed is refused by name, with what was wanted", "[sources]") {
    const Scratch scratch;
    const auto other = scratch.write("other.csv", "a,b,c\n1,2,3\n").string();
    REQUIRE_THROWS_WITH(
        replayed({other}), Catch::Contains("other.csv") && Catch::Contains("wanted")
    );
    REQUIRE_THROWS_WITH(replayed({"/no/such"}), Catch::Contains("/no/such"));
    REQUIRE_THROWS_WITH(replayed({scratch.folder().string()}), Catch::Contains("wanted"));
}

TEST_CASE("a tape gives its trades and skips its quotes", "[sources]") {
    const Scratch scratch;
    const auto file = scratch.write(
        "tape.csv",
        std::string{kTapeHeader} +
            "1,usdm,BTCUSDT,Q,1680652700430,1,28145.10,3.868,28145.20,6.887\n"
            "2,usdm,BTCUSDT,T,1680652700452,9,28145.10,0.002,s,\n"
            "3,usdm,BTCUSDT,T,soon,9,28145.10,0.002,s,\n"
    );
    REQUIRE(
        replayed({file.string()}) ==
        std::vector<std::string>{
            "prices BTC "
            R"({"type":"price","symbol":"BTC","price":"28145.1","size":"0.002","side":"sell",)"
            R"("source":"usdm","tick_id":"9","timestamp":"2023-04-04T23:58:20.452Z"})",
            "refused tape.csv:4"}
    );
}

TEST_CASE("an arena's wallets are merged by time, tick before trade", "[sources]") {
    const Scratch scratch;
    const std::string header{kArenaHeader};
    scratch.write(
        "hyperliquid-a-trade-history-1.csv",
        header +
            "2025-01-01T00:00:01Z,SOL,BUY,1,10,-10,,,,,0,,0\n2025-01-01T00:00:03Z,SOL,SELL,1,11,11,"
            ",,,,1,,0\n"
    );
    scratch.write(
        "hyperliquid-b-trade-history-1.csv.zst",
        compressed(header + "2025-01-01T00:00:02Z,SOL,BUY,1,12,-12,,,,,0,,0\nnonsense\n")
    );
    scratch.write("tracked-wallets.json", R"({"wallets":[{"address":"0xA","model":"A"}]})");
    scratch.write(
        "hyperliquid-a-portfolio.json",
        R"({"allTime":{"accountValueHistory":[[1735776000000,"10005"]],"pnlHistory":[[1735776000000,"-20"]]}})"
    );
    const auto texts = replayed({scratch.folder().string()});
    REQUIRE(texts.size() == 1 + 5 + 6 + 1);
    REQUIRE(texts[0] == "refused hyperliquid-b-trade-history-1.csv.zst:3");
    REQUIRE_THAT(texts[2], Catch::Contains(R"("wallet_address":"0xA","username":"A")"));
    REQUIRE_THAT(
        texts[3], Catch::Contains(R"("type":"deposit")") && Catch::Contains(R"("amount":"25")")
    );
    REQUIRE_THAT(texts[4], Catch::Contains(R"("wallet_address":"b","username":"b")"));
    REQUIRE_THAT(texts[6], Catch::StartsWith("prices SOL") && Catch::Contains(R"("price":"10")"));
    REQUIRE_THAT(texts[7], Catch::StartsWith("trades arena") && Catch::Contains("a:2"));
    REQUIRE_THAT(texts[9], Catch::StartsWith("trades arena") && Catch::Contains("b:2"));
    REQUIRE_THAT(texts[11], Catch::StartsWith("trades arena") && Catch::Contains("a:3"));
    REQUIRE_THAT(texts[12], Catch::Contains("contest_completed"));

    // Cut by the limit: the contest goes on.
    const auto cut = replayed({scratch.folder().string()}, 2);
    REQUIRE(cut.size() == texts.size() - 3);
    REQUIRE_THAT(cut.back(), Catch::Contains("b:2"));
}

TEST_CASE("a source that is stopped ends", "[sources]") {
    const Scratch scratch;
    const auto file = scratch.write("a.jsonl", fmt::format("{0}\n{0}\n{0}\n", kTick));
    ReadLimit limit;
    REQUIRE(texts_of(*open_sources({file.string()}, limit), 2).size() == 2);
}

TEST_CASE("the recorded arena gives one contest of ten with every fill", "[sources][recordings]") {
    if (!has_recordings()) return;
    const std::map<std::string, int> wanted{
        {"contest_created", 1},
        {"participant_joined", 10},
        {"deposit", 3},
        {"contest_started", 1},
        {"price", 65'244},
        {"trade", 65'244},
        {"contest_completed", 1}};
    REQUIRE(types_in(recordings() / "arena") == wanted);
}

TEST_CASE("the recorded tape gives every trade as a tick", "[sources][recordings]") {
    if (!has_recordings()) return;
    REQUIRE(
        types_in(recordings() / "tape/tape.csv.zst") ==
        std::map<std::string, int>{{"price", 119'073}}
    );
}
