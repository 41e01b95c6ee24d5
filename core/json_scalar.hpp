#pragma once

#include <string>
#include <string_view>

// The inside of JSON strings and numbers, under core/json_document.hpp.
namespace duel {

// Whether all of `token` is -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
bool is_json_number(std::string_view token);

// Appends what `escaped` (the inside of a JSON string) stands for; false where an escape is none. A
// lone surrogate, which JSON's grammar allows, is noted and kept in the form that UTF-8 would have
// for it, so that texts still compare.
bool unescape_json(std::string_view escaped, std::string& out, bool& lone_surrogate);

// The first quote or backslash at or after `at`, eight bytes at a time. There must be one, and
// seven readable bytes behind it.
const char* find_quote_or_backslash(const char* at);

}  // namespace duel
