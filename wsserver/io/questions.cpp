#include "wsserver/io/questions.hpp"

#include "platform/backoff.hpp"
#include "platform/log.hpp"

namespace duel::wsserver {
namespace {

using namespace std::chrono_literals;

constexpr auto* kCondition = "postgres";
constexpr auto kLookEvery = 1s;  // at a connection that has nothing to do

}  // namespace

Questions::Questions(
    QuestionSettings settings,
    const platform::Shutdown& shutdown,
    platform::Health& health,
    Meters& meters,
    OnAnswer on_answer
)
    : settings_(std::move(settings)),
      shutdown_(shutdown),
      health_(health),
      meters_(meters),
      on_answer_(std::move(on_answer)) {
    health_.expect(kCondition, "not connected yet");
    for (int i = 0; i < settings_.threads; ++i)
        threads_.emplace_back([this, i] { run(i == 0); });
}

Questions::~Questions() {
    {
        const std::lock_guard lock{mutex_};
        stopped_ = true;
    }
    changed_.notify_all();
    for (auto& thread : threads_)
        thread.join();
}

void Questions::ask(Ask ask) {
    {
        const std::lock_guard lock{mutex_};
        waiting_.push_back(std::move(ask));
    }
    changed_.notify_one();
}

std::optional<Ask> Questions::next() {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, kLookEvery, [&] { return stopped_ || !waiting_.empty(); });
    if (stopped_ || waiting_.empty()) return {};
    auto ask = std::move(waiting_.front());
    waiting_.pop_front();
    return ask;
}

// Only the first thread speaks for the health of Postgres, so that changes are logged once.
void Questions::run(bool is_first) {
    platform::Backoff backoff{{.cap = std::chrono::milliseconds{2'000}}};
    std::optional<platform::Connection> connection;
    std::optional<Ask> held;
    const auto is_stopped = [&] {
        const std::lock_guard lock{mutex_};
        return stopped_;
    };
    while (!is_stopped()) {
        try {
            if (!connection)
                connection.emplace(platform::ConnectionSettings{
                    .url = settings_.postgres,
                    .application_name = "duel-wsserver",
                    .parameters = {{"statement_timeout", "20s"}}});
            if (!held) held = next();
            if (held) {
                auto found = answer(*connection, *held);
                on_answer_(*held, std::move(found));
                held.reset();
            } else if (is_first && !shutdown_.requested()) {
                connection->check();
            }
            if (is_first) health_.set(kCondition, true);
            backoff.reset();
        } catch (const platform::PostgresError& error) {
            meters_.snapshot_failures.Increment();
            if (is_first) health_.set(kCondition, false, error.what());
            connection.reset();
            const auto again = std::chrono::steady_clock::now() + backoff.next();
            std::unique_lock lock{mutex_};
            changed_.wait_until(lock, again, [&] { return stopped_; });
        }
    }
}

Answer Questions::answer(platform::Connection& connection, const Ask& ask) const {
    meters_.snapshot_queries.at(static_cast<std::size_t>(ask.what))->Increment();
    switch (ask.what) {
        case Ask::What::snapshot:
            return read_snapshot(connection, ask.channel);
        case Ask::What::events:
            return read_events(connection, ask, settings_.count_limit);
        case Ask::What::portfolios:
            return Portfolios{read_contests_of(connection, ask.channel.wallet)};
        case Ask::What::baseline:
            return FoundBaseline{read_baseline(connection, ask.channel)};
        case Ask::What::tokens:
            return Tokens{read_tokens(connection)};
        case Ask::What::epoch:
            return Epoch{read_epoch(connection)};
    }
    throw std::logic_error("a question of no known kind");
}

}  // namespace duel::wsserver
