#include "projector/rules/stakes.hpp"

#include "projector/rules/ledger.hpp"

#include <algorithm>

namespace duel::projector {
namespace {

constexpr std::uint32_t kFirstRoom = 4;

}  // namespace

void Stakes::note(Portfolio& portfolio) {
    if (portfolio.is_noted) return;
    portfolio.is_noted = true;
    noted_.push_back(&portfolio);
}

const std::vector<Stakes::Stake>& Stakes::refresh() {
    for (Portfolio* portfolio : noted_) {
        portfolio->is_noted = false;
        if (!portfolio->stake) {
            portfolio->stake = static_cast<std::uint32_t>(stakes_.size());
            stakes_.push_back({.portfolio = portfolio, .cash = {}, .put_in = {}});
        }
        look_at(*portfolio, stakes_[*portfolio->stake]);
    }
    noted_.clear();
    return stakes_;
}

void Stakes::look_at(const Portfolio& portfolio, Stake& stake) {
    stake.cash = portfolio.row.cash;
    stake.put_in = portfolio.row.put_in;
    stake.is_in = portfolio.is_in();
    if (stake.room < portfolio.positions.size()) {
        stake.room = std::max(kFirstRoom, stake.room);
        while (stake.room < portfolio.positions.size())
            stake.room *= 2;
        stake.first = static_cast<std::uint32_t>(holdings_.size());
        holdings_.resize(holdings_.size() + stake.room);
    }
    stake.count = 0;
    for (const Position* held : portfolio.positions) {
        if (held->row.quantity.is_zero()) continue;
        holdings_[stake.first + stake.count++] = {held->row.quantity, place_of(*held->symbol)};
    }
}

std::uint32_t Stakes::place_of(const Symbol& symbol) {
    const auto place = std::ranges::find(symbols_, &symbol) - symbols_.begin();
    if (place == std::ssize(symbols_)) symbols_.push_back(&symbol);
    return static_cast<std::uint32_t>(place);
}

}  // namespace duel::projector
