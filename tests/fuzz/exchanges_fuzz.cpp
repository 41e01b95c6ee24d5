#include "core/event.hpp"
#include "ingest/rules/exchanges.hpp"
#include "ingest/rules/frame_reader.hpp"
#include "ingest/rules/tick_maker.hpp"
#include "tests/fuzz/target.hpp"

#include <deque>
#include <simdjson.h>

// Frames of exchanges, each read as if it came from every one of them.
namespace duel::fuzz {
namespace {

constexpr Timestamp kArrival{std::chrono::seconds{1'790'000'000}};

// Never a bad tick: what is made of a frame is an event that the log takes.
void check_tick(const ingest::Observation& seen) {
    ingest::TickRules rules;
    rules.stale_after = std::chrono::hours{24 * 365 * 100};
    ingest::TickMaker maker{"an exchange", {{std::string{seen.market}, "BTC"}}, rules};
    Event tick{Price{}};
    if (maker.make(seen, kArrival, std::get<Price>(tick)) != ingest::TickMaker::Verdict::tick)
        return;
    std::string record;
    encode(tick, record);
    static Decoder decoder;
    const auto read = decoder.decode(Topic::prices, record);
    require(read && *read == tick, "a tick is an event");
    require(time_of(tick) <= kArrival + rules.clock_tolerance, "a tick is never far in the future");
}

void check(ingest::FrameReader& reader, std::string_view frame) {
    const auto error = reader.read(frame);
    const auto& reading = reader.reading();
    if (error) {
        require(reading.observations.empty(), "a bad frame gives nothing");
        require(!error->wanted.empty(), "what was wanted is said");
        require(simdjson::validate_utf8(error->sentence()), "a sentence is UTF-8");
        return;
    }
    using Kind = ingest::FrameReading::Kind;
    require(
        reading.observations.empty() || reading.kind == Kind::prices, "prices are called prices"
    );
    for (const auto& seen : reading.observations) {
        require(!seen.market.empty(), "a price is of a market");
        require(seen.price.sign() > 0, "a price is above 0");
        require(!seen.size || seen.size->sign() > 0, "a size is above 0");
        check_tick(seen);
    }
}

}  // namespace

void try_input(std::string_view bytes) {
    static auto readers = [] {
        std::deque<ingest::FrameReader> all;  // they cannot be moved
        for (const auto make : ingest::kExchanges)
            all.emplace_back(make());
        return all;
    }();
    for (auto& reader : readers)
        check(reader, bytes);
}

}  // namespace duel::fuzz
