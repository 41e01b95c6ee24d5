#include "ingest/io/simulation_source.hpp"

namespace duel::ingest {

Source::Step SimulationSource::next(OutgoingRecord& record, Refusal& /*refusal*/) {
    const std::optional<Event> event = simulation_.next();
    if (!event) return Step::end;
    encode_record(*event, record);
    return Step::record;
}

}  // namespace duel::ingest
