#pragma once

#include <stdexcept>

namespace duel::projector {

// The batch met something that only Postgres knew: nothing of it was written. Begin again from what
// is stored.
struct ApplyAgain : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// The same, because a trade or transfer has an id that the memory of recent ones had forgotten:
// look every id up for a while.
struct OldId : ApplyAgain {
    using ApplyAgain::ApplyAgain;
};

}  // namespace duel::projector
