#include "platform/log.hpp"

#include "platform/settings.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <fmt/format.h>
#include <memory>
#include <mutex>
#include <poll.h>
#include <unistd.h>

namespace duel::platform {

namespace {

constexpr int kLongestStallMs = 1'000;

// Standard error that gives up on a reader that stalls, and says later how many lines that cost.
class StandardError : public spdlog::sinks::base_sink<std::mutex> {
protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        if (lost_ > 0 && is_writable(0)) {
            std::string note = fmt::format("({} log lines lost: nobody read them)\n", lost_);
            if (write_all(note)) lost_ = 0;
        }
        if (!write_all({line.data(), line.size()})) ++lost_;
    }
    void flush_() override {}

private:
    static bool is_writable(int wait_ms) {
        pollfd target{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
        return ::poll(&target, 1, wait_ms) > 0;
    }

    // A pipe that is writable takes a piece of this size without blocking.
    bool write_all(std::string_view text) const {
        constexpr std::size_t kPiece = 4'096;
        while (!text.empty()) {
            if (!is_writable(lost_ > 0 ? 0 : kLongestStallMs)) return false;
            ssize_t written = ::write(STDERR_FILENO, text.data(), std::min(text.size(), kPiece));
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) return false;
            text.remove_prefix(static_cast<std::size_t>(written));
        }
        return true;
    }

    std::size_t lost_ = 0;
};

std::string utc_milliseconds(spdlog::log_clock::time_point time) {
    auto at = std::chrono::floor<std::chrono::milliseconds>(time);
    auto day = std::chrono::floor<std::chrono::days>(at);
    std::chrono::year_month_day date(day);
    std::chrono::hh_mm_ss clock(at - day);
    return fmt::format(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()),
        clock.hours().count(),
        clock.minutes().count(),
        clock.seconds().count(),
        clock.subseconds().count()
    );
}

std::string_view level_text(spdlog::level::level_enum level) {
    auto name = spdlog::level::to_string_view(level);
    return level == spdlog::level::warn ? std::string_view("warn")
                                        : std::string_view(name.data(), name.size());
}

class TextLine : public spdlog::formatter {
public:
    void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
        fmt::format_to(
            std::back_inserter(out),
            "{} {:<5} ",
            utc_milliseconds(message.time),
            level_text(message.level)
        );
        for (char c : message.payload)
            out.push_back(c == '\n' || c == '\r' ? ' ' : c);
        out.push_back('\n');
    }
    std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<TextLine>();
    }
};

class JsonLine : public spdlog::formatter {
public:
    explicit JsonLine(std::string program) : program_(std::move(program)) {}

    void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
        nlohmann::ordered_json line{
            {"time", utc_milliseconds(message.time)},
            {"level", level_text(message.level)},
            {"program", program_},
            {"message", std::string(message.payload.data(), message.payload.size())}};
        // Log texts may quote what a client sent: bytes that are no UTF-8 become U+FFFD.
        std::string text = line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
        out.append(text.data(), text.data() + text.size());
        out.push_back('\n');
    }
    std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<JsonLine>(program_);
    }

private:
    std::string program_;
};

spdlog::level::level_enum native(LogSettings::Level level) {
    switch (level) {
        case LogSettings::Level::trace:
            return spdlog::level::trace;
        case LogSettings::Level::debug:
            return spdlog::level::debug;
        case LogSettings::Level::info:
            return spdlog::level::info;
        case LogSettings::Level::warn:
            return spdlog::level::warn;
        case LogSettings::Level::error:
            return spdlog::level::err;
        case LogSettings::Level::off:
            break;
    }
    return spdlog::level::off;
}

spdlog::logger& logger() {
    static spdlog::logger instance = [] {
        auto sink = std::make_shared<StandardError>();
        sink->set_formatter(std::make_unique<TextLine>());
        return spdlog::logger("duel", std::move(sink));
    }();
    return instance;
}

}  // namespace

void offer(Settings& settings, LogSettings& log) {
    using Format = LogSettings::Format;
    using Level = LogSettings::Level;
    settings.add_choice(
        "--log-format",
        "DUEL_LOG_FORMAT",
        log.format,
        "how log lines look",
        {{"text", Format::text}, {"json", Format::json}}
    );
    settings.add_choice(
        "--log-level",
        "DUEL_LOG_LEVEL",
        log.level,
        "the least important lines that are written",
        {{"trace", Level::trace},
         {"debug", Level::debug},
         {"info", Level::info},
         {"warn", Level::warn},
         {"error", Level::error},
         {"off", Level::off}}
    );
}

namespace log {

void start(const LogSettings& settings, std::string_view program) {
    if (settings.format == LogSettings::Format::json) {
        logger().set_formatter(std::make_unique<JsonLine>(std::string(program)));
    } else {
        logger().set_formatter(std::make_unique<TextLine>());
    }
    logger().set_level(native(settings.level));
}

bool enabled(Level level) {
    return logger().should_log(native(level));
}

void write(Level level, fmt::string_view format, fmt::format_args arguments) {
    fmt::memory_buffer text;
    fmt::vformat_to(std::back_inserter(text), format, arguments);
    logger().log(native(level), spdlog::string_view_t(text.data(), text.size()));
}

}  // namespace log
}  // namespace duel::platform
