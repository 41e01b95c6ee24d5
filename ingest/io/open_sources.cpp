#include "ingest/io/open_sources.hpp"

#include "ingest/io/arena_source.hpp"
#include "ingest/io/line_sources.hpp"
#include "ingest/rules/tape_recording.hpp"
#include "platform/settings.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <functional>

namespace duel::ingest {
namespace {

namespace fs = std::filesystem;

// Opened only when its turn comes: a folder may hold more files than a process may open.
struct Part {
    std::function<SourcePtr()> open;
    double weight{};
};

// Several sources, one after another.
class SourceList : public Source {
public:
    SourceList(std::vector<Part> parts, const ReadLimit& limit)
        : parts_{std::move(parts)}, limit_{limit} {
        for (const Part& part : parts_)
            total_ += part.weight;
    }

    Step next(OutgoingRecord& record, Refusal& refusal) override {
        while (true) {
            if (!current_) {
                if (index_ == parts_.size() || is_stopped_) return Step::end;
                current_ = parts_[index_].open();
            }
            const Step step = current_->next(record, refusal);
            if (step != Step::end) return step;
            done_ += parts_[index_++].weight;
            current_.reset();
        }
    }

    void stop() override {
        is_stopped_ = true;
        if (current_) current_->stop();
    }

    std::optional<double> fraction() const override {
        if (total_ <= 0) return std::nullopt;
        double done = done_;
        if (current_) {
            const auto part = current_->fraction();
            if (!part) return std::nullopt;
            done += *part * parts_[index_].weight;
        }
        return std::max(done / total_, limit_.fraction());
    }

private:
    std::vector<Part> parts_;
    const ReadLimit& limit_;
    double total_{0};
    double done_{0};
    std::size_t index_{0};
    SourcePtr current_;
    bool is_stopped_{false};
};

enum class Kind { events, tape, arena, other };

bool ends_in(const fs::path& path, std::string_view suffix) {
    const std::string name = path.filename().string();
    return name.ends_with(suffix) || name.ends_with(std::string{suffix} + ".zst");
}

Kind kind_of(const fs::path& path) {
    if (path == "-" || ends_in(path, ".jsonl")) return Kind::events;
    if (!ends_in(path, ".csv")) return Kind::other;
    platform::LineReader lines{path};
    const auto header = lines.next().value_or(std::string_view{});
    if (is_tape_header(header)) return Kind::tape;
    return is_arena_header(header) ? Kind::arena : Kind::other;
}

double size_of(const std::vector<fs::path>& files) {
    double size = 0;
    for (const fs::path& file : files)
        if (fs::is_regular_file(file)) size += static_cast<double>(fs::file_size(file));
    return size;
}

Part part_of(
    Kind kind,
    const std::vector<fs::path>& files,
    ReadLimit& limit,
    int stop_fd = platform::LineReader::kNeverStops
) {
    const auto open = [kind, files, &limit, stop_fd]() -> SourcePtr {
        if (kind == Kind::arena) return std::make_unique<ArenaSource>(files, limit);
        if (kind == Kind::tape) return std::make_unique<TapeSource>(files.front(), limit);
        return std::make_unique<EventFileSource>(files.front(), limit, stop_fd);
    };
    return {open, size_of(files)};
}

void add_folder(const fs::path& folder, ReadLimit& limit, std::vector<Part>& parts) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator{folder})
        if (entry.is_regular_file()) files.push_back(entry.path());
    std::ranges::sort(files);

    const std::size_t before = parts.size();
    std::vector<fs::path> arena;
    for (const fs::path& file : files) {
        const Kind kind = kind_of(file);
        if (kind == Kind::arena)
            arena.push_back(file);
        else if (kind != Kind::other)
            parts.push_back(part_of(kind, {file}, limit));
    }
    if (!arena.empty()) parts.push_back(part_of(Kind::arena, arena, limit));
    if (parts.size() == before)
        throw platform::SettingError{fmt::format(
            "{}: nothing to replay in this folder; wanted event files (*.jsonl, *.jsonl.zst), "
            "*-trade-history-*.csv.zst of an arena, or a tape (tape.csv.zst)",
            folder.string()
        )};
}

}  // namespace

SourcePtr open_sources(const std::vector<std::string>& paths, ReadLimit& limit, int stop_fd) {
    std::vector<Part> parts;
    for (const fs::path path : paths) {
        if (path != "-" && !fs::exists(path))
            throw platform::SettingError{path.string() + ": no such file or folder"};
        if (fs::is_directory(path)) {
            add_folder(path, limit, parts);
            continue;
        }
        const Kind kind = kind_of(path);
        if (kind == Kind::other)
            throw platform::SettingError{fmt::format(
                "{}: not something that can be replayed; wanted an event file (.jsonl, "
                ".jsonl.zst), a "
                "wallet's file of an arena or a tape (.csv, .csv.zst with their header line)",
                path.string()
            )};
        parts.push_back(part_of(kind, {path}, limit, stop_fd));
    }
    return std::make_unique<SourceList>(std::move(parts), limit);
}

}  // namespace duel::ingest
