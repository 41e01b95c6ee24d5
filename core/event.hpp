#pragma once

#include "core/events/announcement.hpp"
#include "core/events/contest_cancelled.hpp"
#include "core/events/contest_completed.hpp"
#include "core/events/contest_created.hpp"
#include "core/events/contest_started.hpp"
#include "core/events/deposit.hpp"
#include "core/events/participant_joined.hpp"
#include "core/events/participant_left.hpp"
#include "core/events/price.hpp"
#include "core/events/round_started.hpp"
#include "core/events/source_status.hpp"
#include "core/events/token.hpp"
#include "core/events/trade.hpp"
#include "core/events/withdrawal.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace duel {

// THE list of events. A new one is a file in core/events/ and a line here (and its include above).
using Event = std::variant<
    Trade,
    Price,
    ContestCreated,
    ContestStarted,
    ContestCompleted,
    ContestCancelled,
    RoundStarted,
    ParticipantJoined,
    ParticipantLeft,
    Deposit,
    Withdrawal,
    Token,
    SourceStatus,
    Announcement>;

inline constexpr std::size_t kMaxRecordBytes = 65'536;
inline constexpr std::size_t kMaxRecordDepth = 100;

class JsonDocument;

// Reads records of the log. Holds buffers that it uses again: one per thread.
//
// What is accepted is the contract with those who write to the log (docs/events.md). A refusal says
// the code (malformed_json, unknown_type or invalid_field), the field, what stood there and what
// was wanted.
class Decoder {
public:
    Decoder();
    ~Decoder();
    Decoder(Decoder&&) noexcept;
    Decoder& operator=(Decoder&&) noexcept;

    // `record` need not be padded and is not kept. An event of another topic is an unknown type
    // here.
    Result<Event> decode(Topic topic, std::string_view record);
    // For event files, whose lines may be of any topic: the type says which.
    Result<Event> decode(std::string_view record);

private:
    std::unique_ptr<JsonDocument> document_;
};

// Appends the event as one line of JSON, `type` first, amounts as decimal strings. Decodes to the
// same event.
void encode(const Event& event, std::string& out);

std::string_view type_of(const Event& event);
Topic topic_of(const Event& event);
// When it happened, as its producer knows it.
Timestamp time_of(const Event& event);
// The Kafka key: the contest, or the wallet for what is outside contests; the symbol in `prices`;
// the source's name in `status`.
std::string key_of(const Event& event);

}  // namespace duel
