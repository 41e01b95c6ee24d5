#pragma once

// One connection to PostgreSQL.
//
// Not thread-safe: one thread, one connection. Every call blocks until the server answered. Errors
// are exceptions (errors.hpp). After ConnectionLost the object is of no more use: make a new one.
// Answers come in binary format unless said otherwise.

#include "platform/postgres/binary_copy.hpp"
#include "platform/postgres/errors.hpp"
#include "platform/postgres/params.hpp"
#include "platform/postgres/rows.hpp"

#include <chrono>
#include <functional>
#include <libpq-fe.h>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace duel::platform {

struct ConnectionSettings {
    std::string url = {};  // libpq URL or key=value text
    std::string application_name = "duelcast";
    std::chrono::seconds connect_timeout{5};
    // A peer that is silent this long while something is unanswered counts as gone.
    std::chrono::milliseconds silence_timeout{20'000};
    // Set at the start of the session, such as {"statement_timeout", "10s"}, {"search_path",
    // "model_1"}.
    std::map<std::string, std::string> parameters = {};
};

enum class Format { text = 0, binary = 1 };

// Cancels what a connection is doing, from any thread; outlives the connection.
class Canceller {
public:
    explicit Canceller(PGcancel* cancel) : cancel_(cancel, &PQfreeCancel) {}
    // False where the request could not even be delivered.
    bool cancel() const;

private:
    std::shared_ptr<PGcancel> cancel_;
};

class Connection {
public:
    // Throws ConnectionLost where the server is away (or still starting) or refuses the login.
    explicit Connection(const ConnectionSettings& settings);
    Connection(Connection&&) noexcept = default;
    Connection& operator=(Connection&&) noexcept = default;

    // One or several statements without parameters; the answer is that of the last, in text format.
    Rows exec(const std::string& sql);

    // One statement with parameters.
    Rows exec(const std::string& sql, const Params& params, Format answer = Format::binary);

    // A statement that is parsed once for the session and known by name from then on. Preparing the
    // same name and text again does nothing; with another text is a std::logic_error.
    void prepare(const std::string& name, const std::string& sql);
    Rows exec_prepared(
        const std::string& name,
        const Params& params = {},
        Format answer = Format::binary
    );

    // For answers too big to hold: `on_row` sees row after row while they arrive. What it throws
    // ends the statement and is thrown on.
    void stream(
        const std::string& sql,
        const Params& params,
        const std::function<void(const Row&)>& on_row
    );

    // Sends the collected rows; returns how many were taken. No rows, no round trip.
    std::int64_t copy(const BinaryCopy& rows);

    // False once the connection is known to be dead. Sends nothing; check() asks the server.
    bool alive() const;
    void check();

    Canceller canceller() const;
    int backend_pid() const { return PQbackendPID(connection_.get()); }
    int server_version() const { return PQserverVersion(connection_.get()); }
    bool in_transaction() const;

    // "127.0.0.1:5432/duelcast as duel_projector": for logs, never with the password.
    const std::string& peer() const { return peer_; }

    // A text as a quoted literal, a name as a quoted identifier, for statements without parameters.
    std::string quote(std::string_view text) const;
    std::string quote_name(std::string_view name) const;

private:
    friend class Pipeline;

    // True where the session does not know the statement yet.
    bool learn(const std::string& name, const std::string& sql);
    Rows take(PGresult* result);
    void drop_answers();
    [[noreturn]] void throw_error(const PGresult* result);
    [[noreturn]] void throw_lost(const std::string& during);

    std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
    std::string peer_;
    std::unordered_map<std::string, std::string> prepared_;
    // Pointers into a Params for libpq, kept so that a loop does not allocate.
    std::vector<Oid> types_;
    std::vector<const char*> values_;
    std::vector<int> lengths_;
    std::vector<int> formats_;
    void point_at(const Params& params);
};

// A URL or key=value text without its password, for logs and errors.
std::string without_password(const std::string& url);

}  // namespace duel::platform
