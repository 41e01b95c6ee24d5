#pragma once

// Which prices pass where several sources tell of one symbol.
//
// `primary`: those of the first source, in the order of the settings, that is fresh: it has told of
// the symbol within `fresh_for` and is not down. The next one takes over when it falls silent, and
// the first takes back when it tells again. `median`: every price that comes becomes the median of
// what the fresh sources told last (of an even number, the middle of the middle two).
//
// A price that departs from the others' by more than `most_percent` is held back, and is nothing
// to compare with. The others' is the median of the other fresh sources. With only one other, who
// of the two is wrong cannot be told: the preferred one passes. Should the market itself leap, what
// is compared with is no longer fresh after `fresh_for`, and the next price passes.
//
// No clock: the caller passes it. One thread.

#include "core/amount.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace duel::ingest {

class PricePolicy {
public:
    using Now = std::chrono::steady_clock::time_point;
    enum class Kind { primary, median };

    struct Settings {
        Kind kind{Kind::primary};
        std::chrono::milliseconds fresh_for{5'000};
        Amount most_percent{Amount::from_integer(5)};
    };

    enum class Verdict {
        pass,
        spare,    // another source speaks for the symbol
        outlier,  // departs from the others
    };

    // Sources are numbered in the order of their preference.
    PricePolicy(Settings settings, std::size_t sources);

    // What becomes of a price; the median replaces it where that is asked for.
    Verdict judge(std::string_view symbol, std::size_t source, Amount& price, Now now);
    // The source told again what it had told: where that is its latest price, it stays fresh.
    void refresh(std::string_view symbol, std::size_t source, Amount price, Now now);
    // Its prices count for nothing until it tells new ones.
    void on_down(std::size_t source);

private:
    struct Told {
        Amount price{};
        std::optional<Now> at{};
    };
    using Sources = std::vector<Told>;

    Sources& sources_of(std::string_view symbol);
    bool is_fresh(const Told& told, Now now) const;
    std::vector<Amount> fresh_prices(const Sources& sources, std::size_t without, Now now) const;
    bool departs(const Sources& sources, std::size_t source, Amount price, Now now) const;

    Settings settings_;
    std::size_t count_;
    std::map<std::string, Sources, std::less<>> symbols_;
};

}  // namespace duel::ingest
