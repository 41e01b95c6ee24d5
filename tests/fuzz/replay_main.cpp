#include "tests/fuzz/target.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

// Feeds a target the files of the folders that are named, every beginning of each, and each with
// every byte changed in turn: seconds, and no fuzzer.
//
//     fuzz-frames tests/fuzz/corpus/frames
namespace {

constexpr std::size_t kMostChanged = 400;  // bytes at the beginning of a file

void try_around(const std::string& seed) {
    duel::fuzz::try_input(seed);
    const auto most = std::min(seed.size(), kMostChanged);
    for (std::size_t size = 0; size < most; ++size)
        duel::fuzz::try_input(std::string_view{seed}.substr(0, size));
    for (std::size_t at = 0; at < most; ++at)
        for (const unsigned change : {0x01U, 0x20U, 0x80U, 0xFFU}) {
            auto changed = seed;
            changed[at] = static_cast<char>(static_cast<unsigned char>(seed[at]) ^ change);
            duel::fuzz::try_input(changed);
        }
}

}  // namespace

int main(int count, char** arguments) {
    std::size_t files = 0;
    for (const auto& folder : std::vector<std::string>{arguments + 1, arguments + count})
        for (const auto& entry : std::filesystem::directory_iterator{folder}) {
            std::ifstream file{entry.path(), std::ios::binary};
            try_around({std::istreambuf_iterator<char>{file}, {}});
            ++files;
        }
    duel::fuzz::require(files > 0, "there is something to feed");
    std::printf("%zu files\n", files);
    return 0;
}
