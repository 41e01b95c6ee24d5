#include "tests/fuzz/target.hpp"

#include <cstddef>
#include <cstdint>

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer looks for this name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    duel::fuzz::try_input({reinterpret_cast<const char*>(data), size});
    return 0;
}
