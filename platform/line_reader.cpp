#include "platform/line_reader.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <stdexcept>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <zstd.h>

namespace duel::platform {
namespace {

constexpr std::size_t kChunk = 262'144;
constexpr std::string_view kZstdMagic{"\x28\xb5\x2f\xfd", 4};

}  // namespace

struct LineReader::Decompression {
    struct Free {
        void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
    };
    std::unique_ptr<ZSTD_DStream, Free> stream{ZSTD_createDStream()};
    ZSTD_inBuffer input{nullptr, 0, 0};
    bool inside_frame = false;
    bool has_more = false;  // a full output buffer may have left some inside
};

LineReader::LineReader(const std::filesystem::path& path, int stop_fd)
    : name_{path.string()},
      stop_fd_{stop_fd},
      fd_{name_ == "-" ? dup(STDIN_FILENO) : open(path.c_str(), O_RDONLY | O_CLOEXEC)} {
    if (fd_ < 0) fail(std::generic_category().message(errno));
    struct stat status {};
    if (fstat(fd_, &status) == 0 && S_ISREG(status.st_mode))
        size_ = static_cast<std::uint64_t>(status.st_size);
    raw_.resize(kChunk);
    text_.resize(kLongestLine + 2 * kChunk);

    std::size_t first = 0;  // a pipe may give less than four bytes at a time
    while (first < kZstdMagic.size()) {
        const std::size_t got = read_some(raw_.data() + first, raw_.size() - first);
        if (got == 0) break;
        first += got;
    }
    if (std::string_view{raw_.data(), first}.starts_with(kZstdMagic)) {
        zstd_ = std::make_unique<Decompression>();
        zstd_->input = {raw_.data(), first, 0};
    } else {
        std::memcpy(text_.data(), raw_.data(), first);
        end_ = first;
    }
}

LineReader::~LineReader() {
    if (fd_ >= 0) close(fd_);
}

std::optional<std::string_view> LineReader::next() {
    was_cut_ = false;
    std::size_t searched = 0;  // of what is unread, without a newline
    while (true) {
        const char* unread = text_.data() + begin_;
        const std::size_t size = end_ - begin_;
        const void* newline = std::memchr(unread + searched, '\n', size - searched);
        if (newline != nullptr) {
            const auto length =
                static_cast<std::size_t>(static_cast<const char*>(newline) - unread);
            begin_ += length + 1;
            return give({unread, length});
        }
        if (size > kLongestLine) return skip_long_line();
        searched = size;
        if (fill()) continue;
        if (size == 0 || was_stopped_) return std::nullopt;
        begin_ = end_;
        return give({text_.data() + end_ - size, size});
    }
}

std::string_view LineReader::give(std::string_view line) {
    ++line_;
    if (line.size() <= kLongestLine) return line;
    was_cut_ = true;
    return line.substr(0, kLongestLine);
}

std::string_view LineReader::skip_long_line() {
    cut_.assign(text_.data() + begin_, kLongestLine);
    ++line_;
    was_cut_ = true;
    do {
        const char* unread = text_.data() + begin_;
        const void* newline = std::memchr(unread, '\n', end_ - begin_);
        if (newline != nullptr) {
            begin_ += static_cast<std::size_t>(static_cast<const char*>(newline) - unread) + 1;
            break;
        }
        begin_ = end_;
    } while (fill());
    return cut_;
}

std::optional<double> LineReader::fraction() const {
    if (size_ == 0) return std::nullopt;
    return static_cast<double>(bytes_read_) / static_cast<double>(size_);
}

// Adds text behind end_; false when there is no more. Moves what is unread to the front when room
// is short.
bool LineReader::fill() {
    if (is_over_) return false;
    if (text_.size() - end_ < kChunk) {
        std::memmove(text_.data(), text_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (!zstd_) {
        const std::size_t got = read_some(text_.data() + end_, kChunk);
        end_ += got;
        is_over_ = got == 0;
        return got > 0;
    }
    while (true) {
        if (zstd_->input.pos == zstd_->input.size && !zstd_->has_more) {
            zstd_->input = {raw_.data(), read_some(raw_.data(), raw_.size()), 0};
            if (zstd_->input.size == 0) {
                if (zstd_->inside_frame && !was_stopped_)
                    fail("ends inside a zstd frame: it was cut short");
                is_over_ = true;
                return false;
            }
        }
        ZSTD_outBuffer output{text_.data() + end_, kChunk, 0};
        const std::size_t left = ZSTD_decompressStream(zstd_->stream.get(), &output, &zstd_->input);
        if (ZSTD_isError(left) != 0)
            fail(fmt::format("damaged zstd data: {}", ZSTD_getErrorName(left)));
        zstd_->inside_frame = left != 0;
        zstd_->has_more = output.pos == output.size;
        end_ += output.pos;
        if (output.pos > 0) return true;
    }
}

std::size_t LineReader::read_some(char* into, std::size_t size) {
    while (await_input()) {
        const ssize_t got = read(fd_, into, size);
        if (got >= 0) {
            bytes_read_ += static_cast<std::uint64_t>(got);
            return static_cast<std::size_t>(got);
        }
        if (errno != EINTR) fail(std::generic_category().message(errno));
    }
    return 0;
}

// Waits until there is something to read; false when there is something to stop for. Regular files
// are always ready.
bool LineReader::await_input() {
    if (stop_fd_ == kNeverStops) return true;
    std::array<pollfd, 2> waiting{
        {{.fd = stop_fd_, .events = POLLIN, .revents = 0},
         {.fd = fd_, .events = POLLIN, .revents = 0}}};
    while (poll(waiting.data(), waiting.size(), -1) < 0 && errno == EINTR) {
    }
    was_stopped_ = waiting[0].revents != 0;
    return !was_stopped_;
}

void LineReader::fail(const std::string& why) const {
    throw std::runtime_error{fmt::format("{}: {}", name_, why)};
}

}  // namespace duel::platform
