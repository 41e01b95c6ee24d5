#include "platform/postgres/pipeline.hpp"

#include "platform/log.hpp"

#include <exception>
#include <utility>

namespace duel::platform {

Pipeline::Pipeline(Connection& connection) : connection_{connection} {
    if (PQenterPipelineMode(connection_.connection_.get()) != 1)
        connection_.throw_lost("a pipeline begins");
}

void Pipeline::exec(const std::string& sql) {
    expect_sent(PQsendQueryParams(
        connection_.connection_.get(), sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0
    ));
    sent_.emplace_back();
}

void Pipeline::exec_prepared(
    const std::string& name,
    const std::string& sql,
    const Params& params,
    OnAnswer on_answer
) {
    PGconn* raw = connection_.connection_.get();
    if (connection_.learn(name, sql)) {
        const int was_sent = PQsendPrepare(raw, name.c_str(), sql.c_str(), 0, nullptr);
        if (was_sent != 1) connection_.prepared_.erase(name);
        expect_sent(was_sent);
        sent_.push_back({{}, name});
    }
    connection_.point_at(params);
    expect_sent(PQsendQueryPrepared(
        raw,
        name.c_str(),
        static_cast<int>(params.size()),
        connection_.values_.data(),
        connection_.lengths_.data(),
        connection_.formats_.data(),
        static_cast<int>(Format::binary)
    ));
    sent_.push_back({std::move(on_answer), {}});
}

void Pipeline::finish() {
    is_open_ = false;
    try {
        take_answers();
    } catch (...) {
        for (const Sent& sent : sent_)
            connection_.prepared_.erase(sent.prepares);
        throw;
    }
}

void Pipeline::close() {
    if (!is_open_) return;
    try {
        finish();
    } catch (const std::exception& error) {
        log::debug("postgres {}: given up: {}", connection_.peer(), error.what());
    }
}

void Pipeline::take_answers() {
    PGconn* raw = connection_.connection_.get();
    if (PQpipelineSync(raw) != 1) connection_.throw_lost("a pipeline ends");
    std::exception_ptr first;
    for (Sent& sent : sent_) {
        while (PGresult* result = PQgetResult(raw)) {
            if (PQresultStatus(result) == PGRES_PIPELINE_ABORTED) {
                PQclear(result);
                continue;
            }
            try {
                const Rows rows = connection_.take(result);
                sent.prepares.clear();
                if (sent.on_answer && !first) sent.on_answer(rows);
            } catch (const ConnectionLost&) {
                throw;
            } catch (...) {
                if (!first) first = std::current_exception();
            }
        }
        if (!connection_.alive()) connection_.throw_lost("a pipeline");
    }
    const std::unique_ptr<PGresult, decltype(&PQclear)> sync{PQgetResult(raw), &PQclear};
    if (PQresultStatus(sync.get()) != PGRES_PIPELINE_SYNC || PQexitPipelineMode(raw) != 1)
        connection_.throw_lost("a pipeline ends");
    if (first) std::rethrow_exception(first);
}

void Pipeline::expect_sent(int was_sent) {
    if (was_sent != 1) connection_.throw_lost("a pipeline");
}

}  // namespace duel::platform
