#pragma once

#include <string_view>

namespace duel::feed {

// An event happened and must reach everybody once; a state replaces the older one of its type.
enum class Kind { event, state };
std::string_view text(Kind kind);

}  // namespace duel::feed
