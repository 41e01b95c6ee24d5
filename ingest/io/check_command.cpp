// The command that says of event files what the log would take.

#include "core/event.hpp"
#include "ingest/io/commands.hpp"
#include "ingest/io/line_reader.hpp"
#include "ingest/rules/verdict_line.hpp"
#include "platform/progress_printer.hpp"

#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <unistd.h>

namespace duel::ingest {
namespace {

namespace fs = std::filesystem;

constexpr int kDone = 0;
constexpr int kRefusedLines = 3;
constexpr int kInterrupted = 130;

void demand_files(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
        if (path == "-") continue;
        if (fs::is_directory(path))
            throw platform::SettingError{path + ": a folder; wanted an event file, or -"};
        if (!fs::exists(path)) throw platform::SettingError{path + ": no such file"};
    }
}

// "refused": `lines` is how many.
std::string counted(std::uint64_t lines, std::string_view what) {
    return fmt::format("{} {}", platform::grouped(lines), what);
}

class Checker {
public:
    Checker(const CheckSettings& settings, const platform::Shutdown& shutdown)
        : settings_{settings}, shutdown_{shutdown}, has_progress_{isatty(STDOUT_FILENO) == 0} {}

    void check_file(const std::string& path) {
        LineReader lines{path, shutdown_.fd()};
        while (const auto line = lines.next()) {
            if (shutdown_.requested()) return;
            check(*line, {lines.name(), lines.line()});
            if (has_progress_ && printer_.is_due()) show_progress(lines.fraction());
        }
        if (lines.line() == 0 && !shutdown_.requested()) printer_.note(path + ": no line in it");
    }

    // Whatever was printed has arrived when this returns.
    void finish() {
        if (std::fflush(stdout) != 0) fail();
        std::string refusals;
        for (const auto& [code, count] : refused_by_code_)
            refusals += fmt::format("{}{} {}", refusals.empty() ? ": " : ", ", text(code), count);
        printer_.note(fmt::format(
            "{}, {}, {}{}",
            counted(lines_, lines_ == 1 ? "line" : "lines"),
            counted(lines_ - refused_, "taken"),
            counted(refused_, "refused"),
            refusals
        ));
    }

    bool has_refused() const { return refused_ > 0; }

private:
    void check(std::string_view line, const LinePlace& place) {
        const Result<Event> event =
            settings_.topic ? decoder_.decode(*settings_.topic, line) : decoder_.decode(line);
        ++lines_;
        if (!event) {
            ++refused_;
            ++refused_by_code_[event.error().code];
        } else if (settings_.quiet) {
            return;
        }
        out_.clear();
        settings_.json ? append_verdict_json(place, event, out_)
                       : append_verdict(place, event, out_);
        if (std::fwrite(out_.data(), 1, out_.size(), stdout) != out_.size()) fail();
    }

    void show_progress(std::optional<double> fraction) {
        const auto elapsed = printer_.elapsed();
        printer_.show(
            {.events = lines_, .refused = refused_, .elapsed = elapsed, .fraction = fraction}
        );
    }

    [[noreturn]] static void fail() { throw std::runtime_error{"standard output takes no more"}; }

    const CheckSettings& settings_;
    const platform::Shutdown& shutdown_;
    bool has_progress_;  // not between lines that a terminal shows
    platform::ProgressPrinter printer_;
    Decoder decoder_;
    std::string out_;
    std::uint64_t lines_{0};
    std::uint64_t refused_{0};
    std::map<Code, std::uint64_t> refused_by_code_;
};

}  // namespace

int run_check(const CheckSettings& check, const platform::Shutdown& shutdown) {
    demand_files(check.paths);
    Checker checker{check, shutdown};
    for (const std::string& path : check.paths) {
        if (shutdown.requested()) break;
        checker.check_file(path);
    }
    checker.finish();
    if (shutdown.requested()) return kInterrupted;
    return checker.has_refused() ? kRefusedLines : kDone;
}

}  // namespace duel::ingest
