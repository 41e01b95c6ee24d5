#include "ingest/io/ingest_metrics.hpp"

#include "core/event.hpp"

#include <string>
#include <variant>

namespace duel::ingest {
namespace {

template <class Visit, class... Events>
void for_each_type(Visit visit, const std::variant<Events...>* /*list*/) {
    (visit(Events::kType), ...);
}

}  // namespace

IngestMetrics::IngestMetrics()
    : refused_{&metrics_.counter(
          "duel_ingest_refused_lines_total",
          "Lines of replayed input that are no events."
      )},
      queue_{&metrics_.gauge(
          "duel_ingest_queue_records",
          "Records handed to the producer and not yet acknowledged."
      )} {
    const auto add = [this](std::string_view type) {
        produced_[type] = &metrics_.counter(
            "duel_ingest_events_total",
            "Events that Kafka acknowledged.",
            {{"type", std::string{type}}}
        );
    };
    for_each_type(add, static_cast<const Event*>(nullptr));
}

}  // namespace duel::ingest
