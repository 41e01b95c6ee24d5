#pragma once

// The lines of a file, compressed with zstd or not, without holding more than a line and a buffer.
//
// zstd is recognised by its first bytes, not by the name, so a pipe may carry it too.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace duel::platform {

class LineReader {
public:
    // Longer lines are no records of anybody; the rest of one is skipped.
    static constexpr std::size_t kLongestLine = 1'048'576;
    static constexpr int kNeverStops = -1;

    // "-" is standard input. When `stop_fd` becomes readable (Shutdown::fd()), a pipe that gives
    // nothing is waited for no longer and ends before its unfinished line. Throws
    // std::runtime_error, which names the file, when it cannot be opened.
    explicit LineReader(const std::filesystem::path& path, int stop_fd = kNeverStops);
    ~LineReader();
    LineReader(const LineReader&) = delete;
    LineReader& operator=(const LineReader&) = delete;

    // The next line without its newline, valid until the next call; of a line that is too long the
    // first part. Nothing at the end. A last line needs no newline. Throws std::runtime_error when
    // the file cannot be read, is damaged or ends inside a zstd frame: a recording that was cut
    // short is not taken for a whole one.
    std::optional<std::string_view> next();

    // Was the line that next() gave cut?
    bool was_cut() const { return was_cut_; }

    // Number of the line that next() gave, from 1.
    std::uint64_t line() const { return line_; }

    // As a user wrote it.
    const std::string& name() const { return name_; }

    // Part of the file that was read, 0 to 1; nothing where the size is unknown.
    std::optional<double> fraction() const;

private:
    struct Decompression;

    std::string_view give(std::string_view line);
    std::string_view skip_long_line();
    bool fill();
    std::size_t read_some(char* into, std::size_t size);
    bool await_input();
    [[noreturn]] void fail(const std::string& why) const;

    std::string name_;
    int stop_fd_;
    int fd_;
    bool was_stopped_{false};
    std::uint64_t size_{0};
    std::uint64_t bytes_read_{0};
    std::unique_ptr<Decompression> zstd_;
    std::vector<char> raw_;
    std::vector<char> text_;
    std::size_t begin_{0};  // of what is unread in text_
    std::size_t end_{0};
    std::string cut_;
    bool is_over_{false};
    bool was_cut_{false};
    std::uint64_t line_{0};
};

}  // namespace duel::platform
