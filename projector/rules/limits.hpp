#pragma once

#include <chrono>

namespace duel::projector {

// What a record is held to beside the contract.
struct Limits {
    // How far a timestamp may lie after the record's log time.
    std::chrono::milliseconds future{std::chrono::minutes{1}};
};

}  // namespace duel::projector
