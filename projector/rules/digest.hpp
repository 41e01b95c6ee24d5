#pragma once

#include <cstdint>

// A digest of rows: the sum of their hashes. It does not depend on their order, and can be kept
// while rows come, change and go.
namespace duel::projector {

using Digest = std::uint64_t;

// Of all columns of a row, its seq and the name of its table. Compiled for every row type in
// digest.cpp.
template <class Row>
Digest digest_of(const Row& row);

}  // namespace duel::projector
