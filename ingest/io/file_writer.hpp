#pragma once

// Writes an event file, compressed or not, that is there as a whole or not at all.

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace duel::ingest {

class FileWriter {
public:
    // "-" is standard output; a name that ends in ".zst" is compressed. Until finish() the file is
    // called NAME.part; pipes and devices are written to as they are. Throws std::runtime_error,
    // which names the file, when it cannot be written, here and below: a full disk is not passed
    // over.
    explicit FileWriter(const std::filesystem::path& path);

    // Without finish() the part that was written is removed.
    ~FileWriter();
    FileWriter(const FileWriter&) = delete;
    FileWriter& operator=(const FileWriter&) = delete;

    void write(std::string_view bytes);

    // Writes what is left, makes sure that it reached the disk, and gives the file its name.
    void finish();

private:
    struct Compression;

    void put(std::string_view bytes);
    [[noreturn]] void fail() const;

    std::filesystem::path path_;
    std::filesystem::path part_;  // empty where there is none
    std::FILE* file_;
    std::unique_ptr<Compression> zstd_;
};

}  // namespace duel::ingest
