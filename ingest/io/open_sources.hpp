#pragma once

// What a user may hand to `replay`, and what is made of it.

#include "ingest/io/source.hpp"
#include "platform/line_reader.hpp"

#include <string>
#include <vector>

namespace duel::ingest {

// A path is
// - an event file, `.jsonl` or `.jsonl.zst`, or "-" for one on standard input;
// - a tape, or a wallet's file of an arena: a CSV file (or `.csv.zst`), known by its first line;
// - a folder: the arena if it holds one, and every event file and tape in it, by name.
// Several are replayed one after another, in the order given; `limit` counts over all of them and
// must outlive what is returned. Standard input ends where `stop_fd` becomes readable, as of
// LineReader. Throws std::runtime_error, which names the path, for anything else.
SourcePtr open_sources(
    const std::vector<std::string>& paths,
    ReadLimit& limit,
    int stop_fd = platform::LineReader::kNeverStops
);

}  // namespace duel::ingest
