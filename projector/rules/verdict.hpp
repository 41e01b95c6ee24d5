#pragma once

#include "core/error.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace duel::projector {

// What became of a record.
enum class Outcome {
    applied,
    retried,  // its effect was there already: harmless
    refused,  // a dead letter
    asks,     // cannot be decided without something that is only in Postgres; nothing has changed
};

// What has to be looked up before a record can be decided. The answer goes to the part of the state
// that keeps such answers, also when it is "nothing there".
struct Question {
    enum class Kind {
        home,      // `text` in homes: to Homes::learn
        trade,     // id `text` in scope `no`: to Ledger::trade_ids
        transfer,  // id `text` in scope `no`: to Ledger::transfer_ids
        member,    // wallet `other_no` in contest `no`: to Ledger::members
        candles,   // of symbol `no` around `at`: to Market::learn
    };
    Kind kind{};
    std::int64_t no{0};
    std::int64_t other_no{0};
    std::string text{};
    Timestamp at{};

    auto operator<=>(const Question&) const = default;
};

struct Verdict {
    Outcome outcome{Outcome::applied};
    Error error{};                       // where refused
    std::optional<Question> question{};  // where it asks

    static Verdict accept() { return {}; }
    static Verdict retry() { return {Outcome::retried, {}, {}}; }
    static Verdict refuse(Error error) { return {Outcome::refused, std::move(error), {}}; }
    static Verdict ask(Question question) { return {Outcome::asks, {}, std::move(question)}; }
};

}  // namespace duel::projector
