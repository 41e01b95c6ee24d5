#pragma once

// What can go wrong with PostgreSQL. All are exceptions: an environment that is broken.

#include <stdexcept>
#include <string>

namespace duel::platform {

struct PostgresError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// The server refused a statement. what() is its message with detail and hint; the connection lives.
struct SqlError : PostgresError {
    SqlError(
        std::string state,
        const std::string& message_text,
        std::string detail_text,
        std::string constraint_name = {}
    );

    bool is_unique_violation() const { return sqlstate == "23505"; }
    // Worth trying again as it is: serialization failure, deadlock, lock not available.
    bool is_transient() const;

    std::string sqlstate;
    std::string message;
    std::string detail;
    std::string constraint;  // which one was violated
};

// The connection could not be made, or died. Nothing of an open transaction was applied.
struct ConnectionLost : PostgresError {
    using PostgresError::PostgresError;
};

// The connection died during COMMIT: whether it was applied is unknown until it is read back.
struct InDoubt : ConnectionLost {
    using ConnectionLost::ConnectionLost;
};

}  // namespace duel::platform
