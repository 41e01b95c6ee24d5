#pragma once

namespace duel::wsserver {

// Which generation of clients is spoken to. Messages about channels are the same for both; errors,
// greetings and a few close codes are not.
enum class Dialect { v2, v69 };

}  // namespace duel::wsserver
