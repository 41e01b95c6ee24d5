#pragma once

// A transaction for as long as the object lives.

#include "platform/postgres/pipeline.hpp"

namespace duel::platform {

class Transaction {
public:
    // BEGIN, with a mode such as "isolation level repeatable read read only".
    explicit Transaction(Connection& connection, const std::string& mode = {});
    // Sends BEGIN with what follows in the pipeline; finish that before commit().
    explicit Transaction(Pipeline& pipeline);

    // Rolls back what was not committed. Never throws.
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    // Throws InDoubt where the connection dies before the answer, SqlError where the server rolled
    // back instead.
    void commit();
    void rollback();

private:
    Connection& connection_;
    Pipeline* pipeline_ = nullptr;
    bool open_ = true;
};

}  // namespace duel::platform
