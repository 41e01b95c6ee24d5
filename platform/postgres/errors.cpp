#include "platform/postgres/errors.hpp"

namespace duel::platform {

namespace {

std::string
sentence(const std::string& state, const std::string& message, const std::string& detail) {
    return message + (detail.empty() ? "" : " (" + detail + ")") + " [" + state + "]";
}

}  // namespace

SqlError::SqlError(
    std::string state,
    const std::string& message_text,
    std::string detail_text,
    std::string constraint_name
)
    : PostgresError(sentence(state, message_text, detail_text)),
      sqlstate(std::move(state)),
      message(message_text),
      detail(std::move(detail_text)),
      constraint(std::move(constraint_name)) {}

bool SqlError::is_transient() const {
    return sqlstate == "40001" || sqlstate == "40P01" || sqlstate == "55P03";
}

}  // namespace duel::platform
