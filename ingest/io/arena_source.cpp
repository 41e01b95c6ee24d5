#include "ingest/io/arena_source.hpp"

#include "platform/line_reader.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

namespace duel::ingest {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& file) {
    std::ifstream in{file, std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) throw std::runtime_error{file.string() + ": cannot be read"};
    return std::move(text).str();
}

std::map<std::string, TrackedWallet> tracked_wallets(const fs::path& folder) {
    std::map<std::string, TrackedWallet> by_slug;
    const fs::path file = folder / "tracked-wallets.json";
    if (!fs::exists(file)) return by_slug;
    auto wallets = parse_tracked_wallets(content_of(file)).value();
    for (TrackedWallet& wallet : wallets)
        by_slug.emplace(slug_of_model(wallet.model), std::move(wallet));
    return by_slug;
}

std::optional<Amount>
put_in(const fs::path& folder, const std::string& slug, Timestamp first_fill) {
    const fs::path file = folder / ("hyperliquid-" + slug + "-portfolio.json");
    if (!fs::exists(file)) return std::nullopt;
    return parse_put_in(content_of(file), first_fill).value();
}

}  // namespace

ArenaSource::ArenaSource(const std::vector<fs::path>& files, ReadLimit& limit) : limit_{limit} {
    std::vector<ArenaParticipant> participants;
    for (const fs::path& file : files) {
        const std::size_t first = fills_.size();
        read_fills(file, participants.size());

        const fs::path folder = file.parent_path();
        const std::string slug =
            slug_of_file(file.filename().string()).value_or(file.stem().string());
        ArenaParticipant participant{slug, slug, slug, {}};
        const auto known = tracked_wallets(folder);
        if (const auto wallet = known.find(slug); wallet != known.end()) {
            participant.wallet_address = wallet->second.wallet_address;
            participant.username = wallet->second.model;
        }
        if (fills_.size() > first) participant.put_in = put_in(folder, slug, fills_[first].at);
        participants.push_back(std::move(participant));
    }
    if (fills_.empty()) throw std::runtime_error{files.front().string() + ": no fill in it"};

    std::ranges::stable_sort(fills_, {}, &ArenaFill::at);
    contest_.emplace(std::move(participants), fills_.front().at, fills_.back().at);
    std::ranges::move(contest_->opening(), std::back_inserter(prepared_));
}

void ArenaSource::read_fills(const fs::path& file, std::size_t participant) {
    platform::LineReader lines{file};
    while (const auto row = lines.next()) {
        if (lines.line() == 1 && is_arena_header(*row)) continue;
        Result<ArenaFill> fill = parse_fill(*row);
        if (!fill) {
            refusals_.push_back({lines.name(), lines.line(), fill.error().sentence()});
            continue;
        }
        fill->participant = participant;
        fill->line = lines.line();
        fills_.push_back(*std::move(fill));
    }
}

Source::Step ArenaSource::next(OutgoingRecord& record, Refusal& refusal) {
    if (is_stopped_) return Step::end;
    if (!refusals_.empty()) {
        refusal = std::move(refusals_.front());
        refusals_.pop_front();
        return Step::refused;
    }
    if (prepared_.empty()) {
        if (next_fill_ < fills_.size()) {
            if (limit_.is_reached()) return Step::end;
            limit_.count();
            for (Event& event : contest_->on(fills_[next_fill_++]))
                prepared_.push_back(std::move(event));
        } else {
            if (is_completed_) return Step::end;
            is_completed_ = true;
            prepared_.push_back(contest_->completion());
        }
    }
    encode_record(prepared_.front(), record);
    prepared_.pop_front();
    return Step::record;
}

std::optional<double> ArenaSource::fraction() const {
    return static_cast<double>(next_fill_) / static_cast<double>(fills_.size());
}

}  // namespace duel::ingest
