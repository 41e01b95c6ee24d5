#include "projector/io/log_marks.hpp"

#include "projector/io/offsets.hpp"

#include <fmt/format.h>

namespace duel::projector {
namespace {

using std::chrono::milliseconds;

std::int64_t epoch_ms(Timestamp at) {
    return std::chrono::floor<milliseconds>(at.time_since_epoch()).count();
}

}  // namespace

std::string json_of(const LogMarks& marks) {
    std::string json = "{";
    for (const auto& [partition, mark] : marks)
        fmt::format_to(
            std::back_inserter(json),
            "{}\"{}/{}\": [{}, {}, {}]",
            json.size() > 1 ? ", " : "",
            text(partition.first),
            partition.second,
            mark.first,
            epoch_ms(mark.first_at),
            epoch_ms(mark.last_at)
        );
    return json + "}";
}

LogMarks log_marks_from_json(std::string_view json) {
    LogMarks marks;
    for_each_partition(json, [&](const auto& partition, const std::vector<std::int64_t>& mark) {
        marks[partition] = {
            mark.at(0), Timestamp{milliseconds{mark.at(1)}}, Timestamp{milliseconds{mark.at(2)}}};
    });
    return marks;
}

}  // namespace duel::projector
