#pragma once

#include <cstdint>

namespace duel::projector {

// Counts up with every change after which the same records give other rows. Tables that other rules
// have projected are read as they are until a rebuild has taken their place.
inline constexpr std::int32_t kRulesVersion = 2;

}  // namespace duel::projector
