#include "projector/rules/ledger.hpp"

#include <algorithm>

namespace duel::projector {
namespace {

template <class Map, class Key>
typename Map::mapped_type find_in(const Map& map, const Key& key) {
    const auto found = map.find(key);
    return found == map.end() ? nullptr : found->second;
}

}  // namespace

std::int64_t Portfolio::scope_no() const {
    return contest != nullptr ? contest->row.contest_no : row.portfolio_no;
}

Position* Portfolio::find(const Symbol& symbol) const {
    const auto found = std::ranges::find(symbols, &symbol);
    return found == symbols.end() ? nullptr
                                  : positions[static_cast<std::size_t>(found - symbols.begin())];
}

Motion Portfolio::newest_motion() const {
    Motion newest = moved;
    for (const Symbol* symbol : symbols)
        newest = std::max(newest, symbol->moved);
    return newest;
}

const std::optional<Amount>& Portfolio::equity() const {
    const Motion newest = newest_motion();
    if (is_valued_ && newest == valued_) return equity_;
    Equity equity{row.cash};
    for (const Position* held : positions) {
        if (!held->row.quantity.is_zero()) equity.add(held->row.quantity, held->symbol->mark.price);
    }
    equity_ = equity.value();
    valued_ = newest;
    is_valued_ = true;
    return equity_;
}

Motion Contest::newest_motion() const {
    Motion newest = moved;
    for (const Symbol* symbol : accounts->symbols)
        newest = std::max(newest, symbol->moved);
    return newest;
}

Portfolio* Accounts::find(const Wallet* wallet) const {
    return wallet == nullptr ? nullptr : find_in(by_wallet, wallet);
}

Portfolio& Accounts::add(Wallet& wallet, Contest* contest) {
    Portfolio& portfolio = portfolios.emplace_back();
    portfolio.wallet = &wallet;
    portfolio.contest = contest;
    portfolio.row.owner = &portfolio;
    portfolio.board.owner = &portfolio;
    if (contest == nullptr) wallet.main = &portfolio;
    by_wallet.emplace(&wallet, &portfolio);
    if (contest != nullptr) stakes.note(portfolio);
    return portfolio;
}

Position& Accounts::add(Portfolio& portfolio, Symbol& symbol) {
    Position& position = positions.emplace_back();
    position.symbol = &symbol;
    position.row.symbol_no = symbol.row.symbol_no;
    portfolio.positions.push_back(&position);
    portfolio.symbols.push_back(&symbol);
    if (std::ranges::find(symbols, &symbol) == symbols.end()) symbols.push_back(&symbol);
    return position;
}

Contest* Ledger::find_contest(std::string_view contest_id) const {
    return find_in(contest_by_id_, contest_id);
}

Wallet* Ledger::find_wallet(std::string_view address) const {
    return find_in(wallet_by_address_, address);
}

Symbol* Ledger::find_symbol(std::string_view symbol) const {
    return find_in(symbol_by_name_, symbol);
}

Contest& Ledger::add(ContestRow row) {
    Contest& contest = contests.emplace_back();
    contest.row = std::move(row);
    contest.row.owner = &contest;
    if (!contest.ended()) contest.accounts = std::make_unique<Accounts>();
    contest_by_id_.emplace(contest.row.contest_id, &contest);
    return contest;
}

Wallet& Ledger::add(WalletRow row) {
    Wallet& wallet = wallets.emplace_back();
    wallet.row = std::move(row);
    wallet_by_address_.emplace(wallet.row.wallet_address, &wallet);
    return wallet;
}

Symbol& Ledger::add(SymbolRow row) {
    Symbol& symbol = symbols.emplace_back();
    symbol.row = std::move(row);
    symbol.mark.symbol_no = symbol.row.symbol_no;
    symbol_by_name_.emplace(symbol.row.symbol, &symbol);
    return symbol;
}

Wallet& Ledger::wallet(std::string_view address, Timestamp seen_at, std::int64_t seq) {
    if (Wallet* known = find_wallet(address)) {
        if (seen_at < known->row.first_seen_at) {
            known->row.first_seen_at = seen_at;
            changed.wallets.touch(known->row, seq);
        }
        return *known;
    }
    WalletRow row;
    row.wallet_no = numbering.take();
    row.wallet_address = address;
    row.first_seen_at = seen_at;
    Wallet& wallet = add(std::move(row));
    changed.wallets.touch(wallet.row, seq);
    return wallet;
}

Symbol& Ledger::symbol(std::string_view name, std::int64_t seq) {
    if (Symbol* known = find_symbol(name)) return *known;
    SymbolRow row;
    row.symbol_no = numbering.take();
    row.symbol = name;
    Symbol& symbol = add(std::move(row));
    changed.symbols.touch(symbol.row, seq);
    return symbol;
}

Portfolio& Ledger::open(Wallet& wallet, Contest* contest, Amount put_in, std::int64_t seq) {
    Portfolio& portfolio = (contest != nullptr ? *contest->accounts : main).add(wallet, contest);
    portfolio.row.portfolio_no = numbering.take();
    portfolio.row.wallet_no = wallet.row.wallet_no;
    if (contest != nullptr) portfolio.row.contest_no = contest->row.contest_no;
    portfolio.row.cash = put_in;
    portfolio.row.put_in = put_in;
    portfolio.board.portfolio_no = portfolio.row.portfolio_no;
    if (contest != nullptr) portfolio.board.contest_no = contest->row.contest_no;
    touch(portfolio, seq);
    return portfolio;
}

Position& Ledger::position(Portfolio& portfolio, Symbol& symbol) {
    if (Position* held = portfolio.find(symbol)) return *held;
    Accounts& accounts = portfolio.contest != nullptr ? *portfolio.contest->accounts : main;
    Position& position = accounts.add(portfolio, symbol);
    position.row.portfolio_no = portfolio.row.portfolio_no;
    return position;
}

void Ledger::touch(Portfolio& portfolio, std::int64_t seq) {
    portfolio.moved = ++motion;
    if (portfolio.contest != nullptr) {
        portfolio.contest->moved = motion;
        portfolio.contest->accounts->stakes.note(portfolio);
    }
    changed.portfolios.touch(portfolio.row, seq);
}

void Ledger::tell(Contest& contest, std::int64_t seq) {
    if (!contest.news) told_.push_back(&contest);
    contest.news = true;
    changed.contests.touch(contest.row, seq);
}

void Ledger::settle() {
    homes.settle();
    trade_ids.settle();
    transfer_ids.settle();
    members.settle();
    for (Contest* contest : told_)
        contest->news = false;
    told_.clear();
    for (Contest* contest : ended_)
        contest->accounts.reset();
    ended_.clear();
}

}  // namespace duel::projector
