#pragma once

namespace duel::platform {

// What --version prints.
inline constexpr const char* kVersion = "0.1.0";

}  // namespace duel::platform
