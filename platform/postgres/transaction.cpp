#include "platform/postgres/transaction.hpp"

#include "platform/log.hpp"

#include <stdexcept>

namespace duel::platform {

Transaction::Transaction(Connection& connection, const std::string& mode)
    : connection_(connection) {
    connection_.exec(mode.empty() ? "begin" : "begin " + mode);
}

Transaction::Transaction(Pipeline& pipeline)
    : connection_(pipeline.connection()), pipeline_(&pipeline) {
    pipeline.exec("begin");
}

Transaction::~Transaction() {
    if (!open_) return;
    try {
        rollback();
    } catch (const std::exception& error) {
        log::debug("postgres {}: rollback: {}", connection_.peer(), error.what());
    }
}

void Transaction::commit() {
    if (pipeline_ && pipeline_->is_open())
        throw std::logic_error("a transaction is committed before its pipeline has finished");
    open_ = false;
    try {
        Rows answer = connection_.exec("commit");
        // A transaction that failed before is rolled back by COMMIT, and only its tag says so.
        if (std::string_view(PQcmdStatus(const_cast<PGresult*>(answer.get()))) != "COMMIT") {
            throw SqlError("25P02", "the transaction had failed and was rolled back", "");
        }
    } catch (const ConnectionLost& lost) {
        throw InDoubt(lost.what());
    } catch (const SqlError& error) {
        // Sent while the server goes down, after which the connection is gone: it may have
        // committed.
        if (!connection_.alive()) throw InDoubt(error.what());
        throw;
    }
}

void Transaction::rollback() {
    open_ = false;
    if (pipeline_) pipeline_->close();
    if (connection_.alive() && connection_.in_transaction()) connection_.exec("rollback");
}

}  // namespace duel::platform
