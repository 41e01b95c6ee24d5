#include "event_files/check_lines.hpp"

#include "platform/line_reader.hpp"
#include "platform/progress_printer.hpp"

#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <stdexcept>
#include <unistd.h>

namespace duel::event_files {
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
    Checker(const CheckSettings& settings, const platform::Shutdown& shutdown, const Judge& judge)
        : settings_{settings},
          shutdown_{shutdown},
          judge_{judge},
          has_progress_{isatty(STDOUT_FILENO) == 0} {}

    void check_file(const std::string& path) {
        platform::LineReader lines{path, shutdown_.fd()};
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
            "{}, {}{}, {}{}",
            counted(lines_, lines_ == 1 ? "line" : "lines"),
            counted(lines_ - refused_ - retries_, "taken"),
            retries_ > 0 ? ", " + counted(retries_, "there already") : "",
            counted(refused_, "refused"),
            refusals
        ));
    }

    bool has_refused() const { return refused_ > 0; }

private:
    void check(std::string_view line, const LinePlace& place) {
        const LineVerdict verdict = verdict_on(line);
        ++lines_;
        if (!verdict.event) {
            ++refused_;
            ++refused_by_code_[verdict.event.error().code];
        } else {
            if (verdict.is_retry) ++retries_;
            if (settings_.quiet) return;
        }
        out_.clear();
        settings_.json ? append_verdict_json(place, verdict, out_)
                       : append_verdict(place, verdict, out_);
        if (std::fwrite(out_.data(), 1, out_.size(), stdout) != out_.size()) fail();
    }

    LineVerdict verdict_on(std::string_view line) {
        Result<Event> event =
            settings_.topic ? decoder_.decode(*settings_.topic, line) : decoder_.decode(line);
        if (!event) return {std::move(event)};
        return judge_(std::move(*event));
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
    const Judge& judge_;
    bool has_progress_;  // not between lines that a terminal shows
    platform::ProgressPrinter printer_;
    Decoder decoder_;
    std::string out_;
    std::uint64_t lines_{0};
    std::uint64_t retries_{0};
    std::uint64_t refused_{0};
    std::map<Code, std::uint64_t> refused_by_code_;
};

}  // namespace

void offer(platform::SettingTable& table, CheckSettings& check) {
    table
        .add_argument(
            "FILE", check.paths, "event files, compressed with zstd or not; - for standard input"
        )
        .required();
    table.add(
        "--topic",
        "",
        check.topic,
        "name",
        "as records of this topic, which refuses the types of the others; none: the type says it"
    );
    table.add("--quiet", "", check.quiet, "", "say nothing of the lines that would be taken");
    table.add("--json", "", check.json, "", "an object of JSON for each line");
}

LineVerdict by_itself(Event&& event) {
    return {std::move(event)};
}

int check_lines(
    const CheckSettings& check,
    const platform::Shutdown& shutdown,
    const Judge& judge
) {
    demand_files(check.paths);
    Checker checker{check, shutdown, judge};
    for (const std::string& path : check.paths) {
        if (shutdown.requested()) break;
        checker.check_file(path);
    }
    checker.finish();
    if (shutdown.requested()) return kInterrupted;
    return checker.has_refused() ? kRefusedLines : kDone;
}

}  // namespace duel::event_files
