#pragma once

#include "tests/unit/projector/rules/reference/numbers.hpp"

#include <map>
#include <string>

namespace duel::projector::reference {

// What a shard has written, as an analyst finds it: by names instead of numbers. `Rows` has an
// add(row) for every kind of row.
template <class Rows>
class WrittenRows {
public:
    Tables tables;

    // Before each commit.
    template <class State>
    void see(State& state) {
        finish_batch(state);
        for_each_table(state, [this](const auto& table) {
            if constexpr (requires { table.touched(); }) {
                for (const auto* row : table.touched())
                    static_cast<Rows*>(this)->add(*row);
            } else {
                for (const auto& row : table.rows())
                    static_cast<Rows*>(this)->add(row);
            }
        });
    }

protected:
    template <class Row>
    void put(const Row& row, const std::string& key, const std::string& rest) {
        tables[std::string{Row::kTable}][key] = rest + " #" + std::to_string(row.seq);
    }
    void name(std::int64_t no, const std::string& name) { names_[no] = name; }
    const std::string& name(std::int64_t no) const { return names_.at(no); }

private:
    std::map<std::int64_t, std::string> names_;
};

}  // namespace duel::projector::reference
