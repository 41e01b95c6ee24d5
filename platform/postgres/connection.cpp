#include "platform/postgres/connection.hpp"

#include "platform/log.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace duel::platform {

namespace {

using Options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

Options parse_options(const std::string& url) {
    char* text = nullptr;
    Options options(PQconninfoParse(url.c_str(), &text), &PQconninfoFree);
    std::string reason = text ? text : "out of memory";
    PQfreemem(text);
    if (options) return options;
    while (reason.ends_with('\n'))
        reason.pop_back();
    throw PostgresError("not a Postgres URL: " + reason);
}

std::string trimmed(const char* message) {
    std::string text = message ? message : "";
    while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
        text.pop_back();
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

std::string field(const PGresult* result, int code) {
    return trimmed(PQresultErrorField(result, code));
}

void on_notice(void*, const PGresult* result) {
    log::debug("postgres: {}", field(result, PG_DIAG_MESSAGE_PRIMARY));
}

// "-c search_path=model_1", with blanks and backslashes escaped as the server wants them.
std::string
session_options(const char* given, const std::map<std::string, std::string>& parameters) {
    std::string text = given ? given : "";
    for (const auto& [name, value] : parameters) {
        text += (text.empty() ? "-c " : " -c ") + name + "=";
        for (char c : value) {
            if (c == ' ' || c == '\\') text.push_back('\\');
            text.push_back(c);
        }
    }
    return text;
}

}  // namespace

Connection::Connection(const ConnectionSettings& settings) : connection_(nullptr, &PQfinish) {
    Options given = parse_options(settings.url);
    std::map<std::string, std::string> options{
        {"application_name", settings.application_name},
        {"client_encoding", "UTF8"},
        {"connect_timeout", std::to_string(settings.connect_timeout.count())},
        {"keepalives", "1"},
        {"keepalives_idle", "10"},
        {"keepalives_interval", "5"},
        {"keepalives_count", "3"},
        {"tcp_user_timeout", std::to_string(settings.silence_timeout.count())},
    };
    const char* given_options = nullptr;
    for (const PQconninfoOption* option = given.get(); option->keyword; ++option) {
        if (!option->val) continue;
        if (std::string_view(option->keyword) == "options") given_options = option->val;
        options[option->keyword] = option->val;
    }
    auto parameters = settings.parameters;
    parameters.try_emplace("TimeZone", "UTC");
    options["options"] = session_options(given_options, parameters);

    std::vector<const char*> names;
    std::vector<const char*> values;
    for (const auto& [name, value] : options) {
        names.push_back(name.c_str());
        values.push_back(value.c_str());
    }
    names.push_back(nullptr);
    values.push_back(nullptr);
    connection_.reset(PQconnectdbParams(names.data(), values.data(), 0));
    if (!connection_) throw std::bad_alloc();
    peer_ = without_password(settings.url);
    if (PQstatus(connection_.get()) != CONNECTION_OK) {
        throw ConnectionLost(peer_ + ": " + trimmed(PQerrorMessage(connection_.get())));
    }
    PQsetNoticeReceiver(connection_.get(), &on_notice, nullptr);
}

void Connection::point_at(const Params& params) {
    types_.clear();
    values_.clear();
    lengths_.clear();
    for (std::size_t i = 0; i < params.size(); ++i) {
        auto bytes = params.bytes(i);
        types_.push_back(params.type(i));
        values_.push_back(bytes ? bytes->data() : nullptr);
        lengths_.push_back(bytes ? static_cast<int>(bytes->size()) : 0);
    }
    formats_.resize(std::max(formats_.size(), params.size()), 1);
}

Rows Connection::exec(const std::string& sql) {
    return take(PQexec(connection_.get(), sql.c_str()));
}

Rows Connection::exec(const std::string& sql, const Params& params, Format answer) {
    point_at(params);
    return take(PQexecParams(
        connection_.get(),
        sql.c_str(),
        static_cast<int>(params.size()),
        types_.data(),
        values_.data(),
        lengths_.data(),
        formats_.data(),
        static_cast<int>(answer)
    ));
}

bool Connection::learn(const std::string& name, const std::string& sql) {
    const auto [known, is_new] = prepared_.try_emplace(name, sql);
    if (!is_new && known->second != sql)
        throw std::logic_error("statement " + name + " is already prepared with another text");
    return is_new;
}

void Connection::prepare(const std::string& name, const std::string& sql) {
    if (!learn(name, sql)) return;
    try {
        take(PQprepare(connection_.get(), name.c_str(), sql.c_str(), 0, nullptr));
    } catch (...) {
        prepared_.erase(name);
        throw;
    }
}

Rows Connection::exec_prepared(const std::string& name, const Params& params, Format answer) {
    point_at(params);
    return take(PQexecPrepared(
        connection_.get(),
        name.c_str(),
        static_cast<int>(params.size()),
        values_.data(),
        lengths_.data(),
        formats_.data(),
        static_cast<int>(answer)
    ));
}

void Connection::stream(
    const std::string& sql,
    const Params& params,
    const std::function<void(const Row&)>& on_row
) {
    point_at(params);
    int sent = PQsendQueryParams(
        connection_.get(),
        sql.c_str(),
        static_cast<int>(params.size()),
        types_.data(),
        values_.data(),
        lengths_.data(),
        formats_.data(),
        1
    );
    if (!sent || !PQsetSingleRowMode(connection_.get())) throw_lost("stream");
    try {
        while (PGresult* next = PQgetResult(connection_.get())) {
            Rows rows = take(next);
            for (const Row& row : rows)
                on_row(row);
        }
    } catch (...) {
        if (alive()) {
            canceller().cancel();
            while (PGresult* rest = PQgetResult(connection_.get()))
                PQclear(rest);
        }
        throw;
    }
}

void Connection::drop_answers() {
    while (PGresult* rest = PQgetResult(connection_.get()))
        PQclear(rest);
}

std::int64_t Connection::copy(const BinaryCopy& rows) {
    if (rows.empty()) return 0;
    PGconn* raw = connection_.get();
    std::unique_ptr<PGresult, decltype(&PQclear)> started(
        PQexec(raw, rows.statement().c_str()), &PQclear
    );
    if (PQresultStatus(started.get()) != PGRES_COPY_IN) throw_error(started.get());

    // In pieces, so that libpq does not double its buffer for the whole.
    constexpr std::size_t kPiece = std::size_t{256} << 10;
    std::string_view bytes = rows.bytes();
    bool sent = true;
    for (std::size_t at = 0; sent && at < bytes.size(); at += kPiece) {
        std::string_view piece = bytes.substr(at, kPiece);
        sent = PQputCopyData(raw, piece.data(), static_cast<int>(piece.size())) == 1;
    }
    constexpr std::array<char, 2> kTrailer{'\377', '\377'};
    sent = sent && PQputCopyData(raw, kTrailer.data(), kTrailer.size()) == 1;
    sent = sent && PQputCopyEnd(raw, nullptr) == 1;

    std::unique_ptr<PGresult, decltype(&PQclear)> ended(nullptr, &PQclear);
    while (PGresult* next = PQgetResult(raw)) {
        if (!ended || PQresultStatus(next) == PGRES_FATAL_ERROR) {
            ended.reset(next);
        } else {
            PQclear(next);
        }
    }
    bool failed = ended && PQresultStatus(ended.get()) == PGRES_FATAL_ERROR;
    if (!alive() || !ended || (!sent && !failed)) throw_lost("copy");
    return take(ended.release()).affected();
}

bool Connection::alive() const {
    return connection_ && PQstatus(connection_.get()) == CONNECTION_OK;
}

void Connection::check() {
    exec("");
}

Canceller Connection::canceller() const {
    return Canceller(PQgetCancel(connection_.get()));
}

bool Canceller::cancel() const {
    std::array<char, 256> reason{};
    return PQcancel(cancel_.get(), reason.data(), reason.size()) == 1;
}

bool Connection::in_transaction() const {
    auto status = PQtransactionStatus(connection_.get());
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

std::string Connection::quote(std::string_view text) const {
    std::unique_ptr<char, decltype(&PQfreemem)> quoted(
        PQescapeLiteral(connection_.get(), text.data(), text.size()), &PQfreemem
    );
    if (!quoted) throw PostgresError(trimmed(PQerrorMessage(connection_.get())));
    return quoted.get();
}

std::string Connection::quote_name(std::string_view name) const {
    std::unique_ptr<char, decltype(&PQfreemem)> quoted(
        PQescapeIdentifier(connection_.get(), name.data(), name.size()), &PQfreemem
    );
    if (!quoted) throw PostgresError(trimmed(PQerrorMessage(connection_.get())));
    return quoted.get();
}

Rows Connection::take(PGresult* result) {
    Rows rows(result);
    switch (PQresultStatus(result)) {
        case PGRES_COMMAND_OK:
        case PGRES_TUPLES_OK:
        case PGRES_SINGLE_TUPLE:
        case PGRES_EMPTY_QUERY:
            return rows;
        default:
            throw_error(result);
    }
}

void Connection::throw_error(const PGresult* result) {
    if (!alive() || !result) throw_lost(field(result, PG_DIAG_MESSAGE_PRIMARY));
    std::string hint = field(result, PG_DIAG_MESSAGE_HINT);
    std::string detail = field(result, PG_DIAG_MESSAGE_DETAIL);
    if (!hint.empty()) detail += (detail.empty() ? "" : "; ") + hint;
    std::string message = field(result, PG_DIAG_MESSAGE_PRIMARY);
    throw SqlError(
        field(result, PG_DIAG_SQLSTATE),
        message.empty() ? trimmed(PQresultErrorMessage(result)) : message,
        detail,
        field(result, PG_DIAG_CONSTRAINT_NAME)
    );
}

void Connection::throw_lost(const std::string& during) {
    std::string reason = trimmed(PQerrorMessage(connection_.get()));
    throw ConnectionLost(peer_ + ": " + (reason.empty() ? during : reason));
}

std::string without_password(const std::string& url) {
    Options options = parse_options(url);
    std::map<std::string, std::string> known;
    for (const PQconninfoOption* option = options.get(); option->keyword; ++option) {
        if (option->val) known[option->keyword] = option->val;
    }
    auto or_default = [&](const char* name, const char* fallback) {
        return known[name].empty() ? std::string(fallback) : known[name];
    };
    return or_default("host", "local socket") + ":" + or_default("port", "5432") + "/" +
           or_default("dbname", "(default)") + " as " + or_default("user", "(default)");
}

}  // namespace duel::platform
