#include "bench/floor_shard.hpp"

#include <chrono>
#include <stdexcept>

namespace duel::bench {

FloorShard::FloorShard(const FloorSettings& settings, Topic topic, std::int32_t partition)
    : topic_(topic),
      partition_(partition),
      shard_(static_cast<std::int16_t>(2 * partition + (topic == Topic::prices ? 1 : 0))),
      next_no_(std::int64_t{shard_} << 40U),
      batch_(settings.batch),
      consumer_(settings.kafka, {}),
      postgres_(settings.postgres) {
    postgres_.exec("set enable_hashjoin = off; set enable_mergejoin = off");
}

std::uint64_t FloorShard::run(std::int64_t end) {
    if (end == 0) return 0;
    consumer_.assign({{std::string{text(topic_)}, partition_, platform::StartPosition::kBeginning}}
    );
    auto& reader = *consumer_.partitions().front();
    std::vector<platform::Record> records;
    std::uint64_t taken = 0;
    while (reader.next_offset() < end) {
        if (reader.error()) throw std::runtime_error(reader.error()->text);
        records.clear();
        // Not before the batch is full or the rest of the log is here: batches of one size.
        while (records.size() < batch_ && reader.next_offset() < end) {
            if (reader.read(records, batch_ - records.size()) == 0) {
                consumer_.wait(std::chrono::milliseconds{5});
            }
        }
        for (const auto& record : records) {
            const auto event = decoder_.decode(topic_, record.value());
            if (event && take(*event, record.offset())) ++taken;
        }
        platform::Transaction transaction{postgres_};
        write();
        transaction.commit();
    }
    return taken;
}

}  // namespace duel::bench
