#include "ingest/rules/record.hpp"

namespace duel::ingest {
namespace {

void describe(const Event& event, OutgoingRecord& out) {
    out.topic = topic_of(event);
    out.key = key_of(event);
    out.type = type_of(event);
    out.at = time_of(event);
}

}  // namespace

void encode_record(const Event& event, OutgoingRecord& out) {
    describe(event, out);
    out.value.clear();
    encode(event, out.value);
}

void keep_record(const Event& event, std::string_view bytes, OutgoingRecord& out) {
    describe(event, out);
    out.value = bytes;
}

}  // namespace duel::ingest
