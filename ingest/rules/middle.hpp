#pragma once

#include "core/amount.hpp"

#include <algorithm>

namespace duel::ingest {

// Between two prices, to the last digit; never beyond either of them, however large they are.
inline Amount middle_of(Amount a, Amount b) {
    const auto [low, high] = std::minmax(a, b);
    return low + divide(high - low, Amount::from_integer(2));
}

}  // namespace duel::ingest
