#pragma once

// Answers the questions of the streams from Postgres, in a few threads.
//
// A question waits as long as it takes; whoever asked decides when that is too long. Postgres away:
// back-off, one line in the log a change, not ready, then on. Thread-safe.

#include "platform/health.hpp"
#include "platform/postgres.hpp"
#include "platform/shutdown.hpp"
#include "wsserver/io/read_model.hpp"
#include "wsserver/meters.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <variant>
#include <vector>

namespace duel::wsserver {

struct QuestionSettings {
    std::string postgres;  // URL
    int threads = 2;
    std::uint64_t count_limit = 100'000;
};

struct Portfolios {
    std::vector<std::string> contest_ids;
};
struct FoundBaseline {
    std::optional<Baseline> baseline;
};
struct Tokens {
    std::vector<TokenRow> rows;
};
struct Epoch {
    std::string text;
};
using Answer = std::variant<Snapshot, EventsPage, Portfolios, FoundBaseline, Tokens, Epoch>;

class Questions {
public:
    // Called from the threads of the pool, once for each question.
    using OnAnswer = std::function<void(const Ask&, Answer&&)>;

    Questions(
        QuestionSettings settings,
        const platform::Shutdown& shutdown,
        platform::Health& health,
        Meters& meters,
        OnAnswer on_answer
    );
    ~Questions();

    void ask(Ask ask);

private:
    void run(bool is_first);
    Answer answer(platform::Connection& connection, const Ask& ask) const;
    std::optional<Ask> next();

    QuestionSettings settings_;
    const platform::Shutdown& shutdown_;
    platform::Health& health_;
    Meters& meters_;
    OnAnswer on_answer_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Ask> waiting_;
    bool stopped_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace duel::wsserver
