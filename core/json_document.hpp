#pragma once

#include "core/error.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace duel {

// One value of a JSON text, or a key of an object. Numbers keep their text, so that nothing is lost
// to binary floats.
struct JsonNode {
    enum class Kind : std::uint8_t { null, boolean, number, text, array, object };

    std::string_view raw{};   // as it stands in the input
    std::string_view text{};  // of a text: its characters, without quotes and escapes
    std::uint32_t span{1};    // nodes of this value, itself and all inside
    Kind kind{Kind::null};
    bool lone_surrogate{false};  // a text with half of a surrogate pair, which no UTF-8 can hold

    // What is inside an array (element, element…) or an object (key, value, key, value…): from
    // first() to end(), each followed by its next(). Nodes lie in the order of the input.
    const JsonNode* first() const { return this + 1; }
    const JsonNode* end() const { return this + span; }
    const JsonNode* next() const { return this + span; }

    bool is_true() const { return kind == Kind::boolean && raw == "true"; }
};

struct JsonLimits {
    std::size_t max_bytes;
    std::size_t max_depth;
};

// The nodes of one JSON object, read strictly: everything in the text is checked, also what nobody
// asks for.
//
// Keeps its buffers, so that reading many texts allocates nothing. One per thread. Nodes live until
// the next parse().
class JsonDocument {
public:
    JsonDocument();
    ~JsonDocument();

    // Refuses with malformed_json what is not one object in UTF-8 without a byte order mark, or is
    // beyond the limits. Duplicate keys are not looked for here: see repeated_key().
    std::optional<Error> parse(std::string_view json, JsonLimits limits);

    const JsonNode& root() const;

private:
    struct Parser;  // keeps simdjson's large header out of everybody's build
    std::unique_ptr<Parser> parser_;
};

// The value of `key` in `object`, nullptr where there is none. The search begins at `hint`, a key
// of the object or its end, and leaves `hint` at what follows the found one: fields in the usual
// order are found at once.
const JsonNode* find(const JsonNode& object, std::string_view key, const JsonNode*& hint);

// A key that stands twice in the object itself (however it is escaped), not in what is inside;
// nullptr if none does.
const JsonNode* repeated_key(const JsonNode& object);

}  // namespace duel
