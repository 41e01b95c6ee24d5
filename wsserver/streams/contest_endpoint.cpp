#include "wsserver/streams/contest_stream.hpp"
#include "wsserver/streams/streams.hpp"

#include <charconv>

namespace duel::wsserver {
namespace {

Result<std::size_t> top_from(const Target& target) {
    const auto* text = target.last("top");
    if (text == nullptr) return Options{}.top;
    std::size_t top = 0;
    const auto* end = text->data() + text->size();
    const auto [stop, failure] = std::from_chars(text->data(), end, top);
    if (failure != std::errc{} || stop != end || top < 1 || top > ContestStream::kMostTop)
        return Error{
            Code::invalid_field,
            "top",
            excerpt(*text),
            "a whole number from 1 to " + std::to_string(ContestStream::kMostTop)};
    return top;
}

}  // namespace

// /api/v2/ws/contest/{id}?top=&mode=diff&since=
Result<Opening> open_contest(const Asked& asked) {
    const auto contest_id = id_from("contest_id", asked.id);
    if (!contest_id) return contest_id.error();
    const auto top = top_from(asked.target);
    if (!top) return top.error();
    Opening opening;
    opening.wishes.push_back(
        {Channel::contest(*contest_id),
         {.diff = asks_for_diff(asked.target), .top = *top, .viewer = asked.identity.wallet}}
    );
    opening.since = Since::parse(asked.target.all("since"));
    return opening;
}

}  // namespace duel::wsserver
