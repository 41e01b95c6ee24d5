#pragma once

// Statements that do not wait for each other's answers: one round trip for all of them.
//
//     Pipeline pipeline{connection};
//     pipeline.exec("begin");
//     pipeline.exec_prepared("move", "update … where id = $1", params, check);
//     pipeline.finish();
//
// The first error ends it: what was sent after that is not executed. COPY is not possible between.

#include "platform/postgres/connection.hpp"

#include <functional>
#include <string>
#include <vector>

namespace duel::platform {

class Pipeline {
public:
    // Sees an answer in finish(); what it throws is thrown there.
    using OnAnswer = std::function<void(const Rows&)>;

    // The connection is of no other use until finish() has returned or the object is gone.
    explicit Pipeline(Connection& connection);

    ~Pipeline() { close(); }
    Pipeline(const Pipeline&) = delete;
    Pipeline& operator=(const Pipeline&) = delete;

    void exec(const std::string& sql);

    // Parsed once for the session and known by that name from then on.
    void exec_prepared(
        const std::string& name,
        const std::string& sql,
        const Params& params,
        OnAnswer on_answer = {}
    );

    // Waits for all answers. Throws what the first of them says that is an error, or what an
    // on_answer has thrown; ConnectionLost as ever. Once.
    void finish();

    // Waits for the answers that are still missing and ignores them. Never throws.
    void close();
    bool is_open() const { return is_open_; }

    Connection& connection() { return connection_; }

private:
    struct Sent {
        OnAnswer on_answer;
        std::string prepares;  // the name of a statement that this makes known
    };

    void take_answers();
    void expect_sent(int was_sent);

    Connection& connection_;
    std::vector<Sent> sent_;  // and not answered yet, in order
    bool is_open_{true};
};

}  // namespace duel::platform
