#include "ingest/io/file_writer.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <stdexcept>
#include <system_error>
#include <unistd.h>
#include <vector>
#include <zstd.h>

namespace duel::ingest {

namespace fs = std::filesystem;

namespace {

constexpr int kLevel = 3;

// The name of a file while it is written; empty for standard output, pipes and devices, which are
// written to as they are.
fs::path part_of(const fs::path& path) {
    if (path == "-" || (fs::exists(path) && !fs::is_regular_file(path))) return {};
    return path.string() + ".part";
}

}  // namespace

struct FileWriter::Compression {
    struct Free {
        void operator()(ZSTD_CStream* stream) const { ZSTD_freeCStream(stream); }
    };
    std::unique_ptr<ZSTD_CStream, Free> stream{ZSTD_createCStream()};
    std::vector<char> buffer = std::vector<char>(ZSTD_CStreamOutSize());

    // Compresses `bytes` and hands what is ready to `put`. With ZSTD_e_end the frame is closed.
    template <class Put>
    void run(std::string_view bytes, ZSTD_EndDirective directive, Put put) {
        ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
        std::size_t left = 0;
        do {
            ZSTD_outBuffer output{buffer.data(), buffer.size(), 0};
            left = ZSTD_compressStream2(stream.get(), &output, &input, directive);
            if (ZSTD_isError(left) != 0) throw std::runtime_error{ZSTD_getErrorName(left)};
            put(std::string_view{buffer.data(), output.pos});
        } while (directive == ZSTD_e_end ? left != 0 : input.pos < input.size);
    }
};

FileWriter::FileWriter(const fs::path& path)
    : path_{path},
      part_{part_of(path)},
      file_{path == "-" ? stdout : std::fopen((part_.empty() ? path : part_).c_str(), "wbe")} {
    if (file_ == nullptr) fail();
    if (path.extension() == ".zst") {
        zstd_ = std::make_unique<Compression>();
        ZSTD_CCtx_setParameter(zstd_->stream.get(), ZSTD_c_compressionLevel, kLevel);
        ZSTD_CCtx_setParameter(zstd_->stream.get(), ZSTD_c_checksumFlag, 1);
    }
}

FileWriter::~FileWriter() {
    if (file_ == nullptr || file_ == stdout) return;
    std::fclose(file_);
    std::error_code ignored;
    if (!part_.empty()) fs::remove(part_, ignored);
}

void FileWriter::write(std::string_view bytes) {
    if (!zstd_) return put(bytes);
    zstd_->run(bytes, ZSTD_e_continue, [this](std::string_view ready) { put(ready); });
}

void FileWriter::finish() {
    if (zstd_) zstd_->run({}, ZSTD_e_end, [this](std::string_view ready) { put(ready); });
    if (std::fflush(file_) != 0) fail();
    if (part_.empty()) return;
    if (fsync(fileno(file_)) != 0) fail();
    fs::rename(part_, path_);
    std::fclose(file_);
    file_ = nullptr;
}

void FileWriter::put(std::string_view bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) fail();
}

void FileWriter::fail() const {
    throw std::runtime_error{
        fmt::format("{}: {}", path_.string(), std::generic_category().message(errno))};
}

}  // namespace duel::ingest
