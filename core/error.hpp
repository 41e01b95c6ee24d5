#pragma once

#include <boost/system/result.hpp>

#include <string>
#include <string_view>

namespace duel {

// Every code that a user can meet: in dead letters, in wire messages, in logs and metrics. One
// list, so that the same trouble has the same name everywhere. A new code is one enumerator and one
// line in error.cpp.
enum class Code {
    // Why a record was not applied (topic and table `dead-letters`); the first three are decided by
    // decoding.
    malformed_json,
    unknown_type,
    invalid_field,
    unknown_contest,
    contest_not_active,
    not_a_participant,
    wrong_partition,
    duplicate_conflict,
    // Why a client's message or connection was refused.
    authentication_required,
    authentication_failed,
    token_expired,
    forbidden,
    unknown_message,
    unknown_channel,
    invalid_cursor,
    too_many_messages,
    too_many_subscriptions,
    too_many_connections,
    message_too_big,
    too_slow,
    server_full,
    server_shutdown,
    processing_error,
};

// "INVALID_FIELD": as dead letters, wire messages and metrics spell it.
std::string_view text(Code code);

// An expected failure. `value` is what was found, as it stood in the input (a JSON text keeps its
// quotes), at most 80 characters of valid UTF-8 without control characters; empty where the field
// was missing.
struct Error {
    Code code{};
    std::string field{};
    std::string value{};
    std::string wanted{};

    // "amount is \"-1\"; wanted a number above 0": one line for people, never empty.
    std::string sentence() const;

    bool operator==(const Error&) const = default;
};

template <class T>
using Result = boost::system::result<T, Error>;

// At most 80 characters (code points) of `input`; line ends and tabs become spaces, bytes that are
// not UTF-8 and other control characters U+FFFD. A cut value ends in "…", which is one of the 80.
std::string excerpt(std::string_view input);

// What `Result::value()` does without a value: throws std::runtime_error with the sentence.
[[noreturn]] void
throw_exception_from_error(const Error& error, const boost::source_location& where);

}  // namespace duel
