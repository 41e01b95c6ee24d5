// The ticks of recorded frames on standard output, as an event file, without Kafka.

#include "core/event.hpp"
#include "ingest/io/exchange_commands.hpp"
#include "ingest/rules/frame_reader.hpp"
#include "ingest/rules/recorded_frame.hpp"
#include "platform/line_reader.hpp"

#include <cstdio>
#include <fmt/format.h>

namespace duel::ingest {
namespace {

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kRefusedLines = 3;
constexpr int kInterrupted = 130;
constexpr int kMostSaid = 10;

struct FrameCounts {
    std::uint64_t frames{0};
    std::uint64_t bad{0};
    std::uint64_t other{0};
};

class RecordedFrames {
public:
    explicit RecordedFrames(const SourcePlan& plan, const TickRules& rules)
        : reader_{plan.exchange}, ticks_{plan.name(), plan.markets, rules} {}

    // Appends the ticks of a line as lines; what is wrong with it, where it is.
    std::optional<std::string> take(std::string_view line, std::string& out) {
        const auto frame = parse_recorded_frame(line);
        if (!frame) return "no recorded message";
        if (frame->kind == RecordedFrame::Kind::connected) ticks_.reconnected();
        if (frame->kind != RecordedFrame::Kind::received) return std::nullopt;
        ++counts_.frames;
        if (const auto error = reader_.read(frame->message)) return error->sentence();
        const auto& reading = reader_.reading();
        if (reading.number) ticks_.on_number(*reading.number);
        if (reading.kind == FrameReading::Kind::other) ++counts_.other;
        for (const auto& seen : reading.observations) {
            if (ticks_.make(seen, frame->at, std::get<Price>(tick_)) != TickMaker::Verdict::tick)
                continue;
            encode(tick_, out);
            out += '\n';
        }
        return std::nullopt;
    }

    std::string summary() const {
        const auto& ticks = ticks_.counts();
        return fmt::format(
            "frames={} bad={} other={} ticks={} repeated={} unchanged={} clamped={} stale={} "
            "missed={} strangers={}",
            counts_.frames,
            counts_.bad,
            counts_.other,
            ticks.ticks,
            ticks.repeated,
            ticks.unchanged,
            ticks.clamped,
            ticks.stale,
            ticks.missed,
            ticks.strangers
        );
    }

    FrameCounts& counts() { return counts_; }

private:
    FrameReader reader_;
    TickMaker ticks_;
    Event tick_{Price{}};
    FrameCounts counts_{};
};

}  // namespace

int run_frames(const FramesSettings& settings, const platform::Shutdown& shutdown) {
    const auto plans = settings.source.plans();
    if (plans.size() != 1)
        throw platform::SettingError{"--source: one exchange is wanted, whose frames the file has"};
    platform::LineReader lines{settings.path, shutdown.fd()};
    RecordedFrames frames{plans.front(), settings.source.ticks};
    std::string out;
    while (const auto line = lines.next()) {
        if (shutdown.requested()) break;
        if (line->empty()) continue;
        out.clear();
        if (const auto wrong = frames.take(*line, out)) {
            if (++frames.counts().bad <= kMostSaid)
                fmt::print(stderr, "{}:{}: {}\n", lines.name(), lines.line(), *wrong);
        }
        if (std::fwrite(out.data(), 1, out.size(), stdout) != out.size()) return kFailed;
    }
    if (std::fflush(stdout) != 0) return kFailed;
    fmt::print(stderr, "{}\n", frames.summary());
    if (shutdown.requested()) return kInterrupted;
    return frames.counts().bad > 0 ? kRefusedLines : kDone;
}

}  // namespace duel::ingest
