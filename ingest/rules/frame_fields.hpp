#pragma once

// Takes fields out of an object of an exchange's frame, exactly and strictly.
//
// The first field that is not as it should be is kept as the error; what is asked afterwards gives
// nothing of meaning. So a reader takes all it needs and looks once.

#include "core/amount.hpp"
#include "core/error.hpp"
#include "core/json_document.hpp"
#include "core/time.hpp"
#include "core/words.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace duel::ingest {

class FrameFields {
public:
    // `object` must outlive it; where it is none, every field is missing.
    explicit FrameFields(const JsonNode& object);

    // Nothing where there is none, or null.
    const JsonNode* node(std::string_view key);
    bool has(std::string_view key) { return node(key) != nullptr; }

    // A text of 1 to 200 bytes.
    std::string_view text(std::string_view key);
    // The text where it is there and one, else empty.
    std::string_view text_if_any(std::string_view key);
    // A number above 0, as number or text, within what ticks may hold.
    Amount amount(std::string_view key);
    // A whole number from 0, as number or text.
    std::uint64_t whole(std::string_view key);
    bool truth(std::string_view key);
    // A text that is one of the two.
    Side side(std::string_view key, std::string_view buy, std::string_view sell);
    Timestamp epoch_ms(std::string_view key);
    Timestamp epoch_us(std::string_view key);
    Timestamp iso(std::string_view key);
    // A list or an object, to look into; an empty node where it is none.
    const JsonNode& list(std::string_view key);
    const JsonNode& object(std::string_view key);

    void refuse(std::string_view key, const JsonNode* found, std::string_view wanted);
    const std::optional<Error>& error() const { return error_; }

private:
    const JsonNode& object_;
    const JsonNode* hint_;
    std::optional<Error> error_{};
};

// The same for values that stand in a list, without a key. `name` is for the error.
std::optional<Amount> positive_amount(const JsonNode& node);
std::optional<std::uint64_t> whole_number(const JsonNode& node);
// "1618678145.715785": seconds since 1970, digits past microseconds are cut.
std::optional<Timestamp> epoch_seconds(std::string_view text);

}  // namespace duel::ingest
