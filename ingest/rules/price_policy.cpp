#include "ingest/rules/price_policy.hpp"

#include "ingest/rules/middle.hpp"

#include <algorithm>

namespace duel::ingest {
namespace {

constexpr std::size_t kNone = SIZE_MAX;

// Of at least one.
Amount median(std::vector<Amount> prices) {
    std::ranges::sort(prices);
    const auto middle = prices.size() / 2;
    if (prices.size() % 2 == 1) return prices[middle];
    return middle_of(prices[middle - 1], prices[middle]);
}

// |price − reference| × 100 > reference × percent
bool departs_from(Amount price, Amount reference, Amount percent) try {
    return multiply(abs(price - reference), Amount::from_integer(100)) >
           multiply(reference, percent);
} catch (const AmountOverflow&) {
    return true;  // of such numbers no two are near each other
}

}  // namespace

PricePolicy::PricePolicy(Settings settings, std::size_t sources)
    : settings_{settings}, count_{sources} {}

PricePolicy::Verdict
PricePolicy::judge(std::string_view symbol, std::size_t source, Amount& price, Now now) {
    if (count_ == 1) return Verdict::pass;
    auto& sources = sources_of(symbol);
    if (departs(sources, source, price, now)) return Verdict::outlier;
    sources[source] = {price, now};
    if (settings_.kind == Kind::median) {
        price = median(fresh_prices(sources, kNone, now));
        return Verdict::pass;
    }
    const auto speaks =
        std::ranges::find_if(sources, [&](const Told& told) { return is_fresh(told, now); });
    return speaks - sources.begin() == static_cast<std::ptrdiff_t>(source) ? Verdict::pass
                                                                           : Verdict::spare;
}

void PricePolicy::refresh(std::string_view symbol, std::size_t source, Amount price, Now now) {
    if (count_ == 1) return;
    auto& told = sources_of(symbol)[source];
    if (told.at && told.price == price) told.at = now;
}

void PricePolicy::on_down(std::size_t source) {
    for (auto& [symbol, sources] : symbols_)
        sources[source].at.reset();
}

PricePolicy::Sources& PricePolicy::sources_of(std::string_view symbol) {
    const auto found = symbols_.find(symbol);
    if (found != symbols_.end()) return found->second;
    return symbols_.emplace(symbol, Sources(count_)).first->second;
}

bool PricePolicy::is_fresh(const Told& told, Now now) const {
    return told.at && now - *told.at <= settings_.fresh_for;
}

std::vector<Amount> PricePolicy::fresh_prices(const Sources& sources, std::size_t without, Now now)
    const {
    std::vector<Amount> prices;
    for (std::size_t index = 0; index < sources.size(); ++index)
        if (index != without && is_fresh(sources[index], now))
            prices.push_back(sources[index].price);
    return prices;
}

bool PricePolicy::departs(const Sources& sources, std::size_t source, Amount price, Now now) const {
    auto others = fresh_prices(sources, source, now);
    if (others.empty()) return false;
    if (others.size() == 1) {
        const auto other = std::ranges::find_if(sources, [&](const Told& told) {
            return &told != &sources[source] && is_fresh(told, now);
        });
        if (other - sources.begin() > static_cast<std::ptrdiff_t>(source)) return false;
    }
    return departs_from(price, median(std::move(others)), settings_.most_percent);
}

}  // namespace duel::ingest
