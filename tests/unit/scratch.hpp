#pragma once

// A folder for the files of one test, gone with it; and where the recordings are.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <zstd.h>

namespace duel {

class Scratch {
public:
    Scratch() { std::filesystem::create_directories(folder_); }
    ~Scratch() { std::filesystem::remove_all(folder_); }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    const std::filesystem::path& folder() const { return folder_; }

    std::filesystem::path write(const std::string& name, std::string_view content) const {
        std::ofstream{folder_ / name, std::ios::binary} << content;
        return folder_ / name;
    }

    std::string read(const std::string& name) const {
        std::ostringstream text;
        text << std::ifstream{folder_ / name, std::ios::binary}.rdbuf();
        return std::move(text).str();
    }

private:
    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / ("duel-" + std::to_string(std::random_device{}()));
};

inline std::string compressed(std::string_view text) {
    std::string out(ZSTD_compressBound(text.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
    return out;
}

// The recordings beside the project, or those of DUEL_RECORDINGS.
inline std::filesystem::path recordings() {
    if (const char* folder = std::getenv("DUEL_RECORDINGS")) return folder;
    return std::filesystem::path{DUEL_GOLDEN} / "../../../shared/data";
}

}  // namespace duel
