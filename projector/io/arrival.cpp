#include "projector/io/arrival.hpp"

namespace duel::projector {

Arrivals ArrivalReader::read(platform::PartitionReader& partition, Topic topic, std::size_t most) {
    fetched_.clear();
    if (partition.read(fetched_, most) == 0) return nullptr;
    auto arrivals = std::make_shared<std::vector<Arrival>>();
    arrivals->reserve(fetched_.size());
    for (platform::Record& record : fetched_) {
        const Place place{topic, record.partition(), record.offset(), record.log_time()};
        Result<Event> event = decoder_.decode(topic, record.value());
        const auto bytes = static_cast<std::uint32_t>(record.value().size());
        arrivals->push_back({std::move(record), place, bytes, std::move(event)});
    }
    return arrivals;
}

}  // namespace duel::projector
