#pragma once

// The parameters of one statement, all in binary and typed, in one buffer.
//
//     Params params;
//     params.add(shard).add(seq).add_array(portfolio_nos).add_array(cashes);
//     connection.exec("update … from unnest($3, $4) …", params);
//
// clear() keeps the memory: a loop that reuses one object does not allocate.

#include "platform/postgres/wire.hpp"

#include <vector>

namespace duel::platform {

class Params {
public:
    // bool, int16/32/64, double, texts, Bytes, Json, Amount, Timestamp, and optional of those (an
    // absent one is NULL of that type).
    template <class T>
    Params& add(const T& value) {
        if constexpr (wire::IsOptional<T>::value) {
            if (!value) return add_null(WireTypeOf<T>::kOid);
            return add(*value);
        } else {
            begin(WireTypeOf<T>::kOid);
            WireTypeOf<T>::append(buffer_, value);
            end();
            return *this;
        }
    }

    // A range of such values as one array. A range of strings, of optionals, a vector<bool> will
    // do.
    template <class Range>
    Params& add_array(const Range& values) {
        using Element = std::remove_cvref_t<decltype(*std::begin(values))>;
        if constexpr (std::same_as<Range, std::vector<bool>>) {
            begin(WireType<bool>::kArrayOid);
            append_bools(values);
        } else {
            begin(WireTypeOf<Element>::kArrayOid);
            wire::append_array(buffer_, values);
        }
        end();
        return *this;
    }

    Params& add_null(Oid type = 0);

    void clear();
    std::size_t size() const { return slots_.size(); }

    // The bytes of one parameter, and its type; nothing for NULL.
    std::optional<std::string_view> bytes(std::size_t index) const;
    Oid type(std::size_t index) const { return slots_[index].type; }

private:
    struct Slot {
        Oid type;
        std::size_t offset;
        std::size_t length;
        bool is_null;
    };

    void begin(Oid type);
    void end();
    void append_bools(const std::vector<bool>& values);

    std::string buffer_;
    std::vector<Slot> slots_;
};

}  // namespace duel::platform
