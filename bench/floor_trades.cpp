#include "bench/floor_trades.hpp"

namespace duel::bench {
namespace {

constexpr auto kUpdatePositions = R"(
update positions p set quantity = n.quantity, cost = n.cost, seq = n.seq
from unnest($1::int8[], $2::int8[], $3::numeric[], $4::numeric[], $5::int8[])
  n(portfolio_no, symbol_no, quantity, cost, seq)
where p.portfolio_no = n.portfolio_no and p.symbol_no = n.symbol_no)";

constexpr auto kUpdatePortfolios = R"(
update portfolios p set cash = n.cash, fees = n.fees, last_trade_at = n.at, seq = n.seq
from unnest($1::int8[], $2::numeric[], $3::numeric[], $4::timestamptz[], $5::int8[])
  n(portfolio_no, cash, fees, at, seq)
where p.portfolio_no = n.portfolio_no)";

}  // namespace

FloorTrades::FloorTrades(const FloorSettings& settings, std::int32_t partition)
    : FloorShard(settings, Topic::trades, partition),
      trades_(
          "trades",
          {"scope_no",
           "portfolio_no",
           "symbol_no",
           "seq",
           "prev_seq",
           "activity_prev_seq",
           "\"offset\"",
           "traded_at",
           "shard",
           "side",
           "trade_id",
           "amount",
           "price",
           "fee",
           "realized_pnl"}
      ) {}

bool FloorTrades::take(const Event& event, std::int64_t offset) {
    const auto* trade = std::get_if<Trade>(&event);
    if (trade != nullptr) take(*trade, offset);
    return trade != nullptr;
}

std::int64_t FloorTrades::number_of(
    std::unordered_map<std::string, std::int64_t>& numbers,
    const std::string& name
) {
    const auto [it, is_new] = numbers.try_emplace(name);
    if (is_new) it->second = take_number();
    return it->second;
}

void FloorTrades::take(const Trade& trade, std::int64_t offset) {
    const auto contest = number_of(contests_, trade.contest_id.value_or(""));
    const auto wallet = number_of(wallets_, trade.wallet_address);
    const auto symbol = number_of(symbols_, trade.symbol);
    Portfolio& portfolio = portfolios_[{contest, wallet}];
    if (portfolio.no == 0) portfolio.no = take_number();
    Position& position = positions_[{portfolio.no, symbol}];

    const bool buy = trade.side == Side::buy;
    const Amount value = multiply(trade.amount, trade.price);
    position.portfolio_no = portfolio.no;
    position.symbol_no = symbol;
    position.quantity += buy ? trade.amount : -trade.amount;
    position.cost += buy ? value : -value;
    portfolio.cash += (buy ? -value : value) - trade.fee;
    portfolio.fees += trade.fee;
    portfolio.last_trade_at = trade.timestamp;
    portfolio.seq = position.seq = offset + 1;
    if (!portfolio.changed) changed_portfolios_.push_back(&portfolio);
    if (!position.changed) changed_positions_.push_back(&position);
    portfolio.changed = position.changed = true;

    trades_.row(
        contest,
        portfolio.no,
        symbol,
        offset + 1,
        std::int64_t{0},
        std::int64_t{0},
        offset,
        trade.timestamp,
        shard(),
        static_cast<std::int16_t>(buy ? 1 : -1),
        trade.trade_id,
        trade.amount,
        trade.price,
        trade.fee,
        Amount{}
    );
}

void FloorTrades::write() {
    postgres().copy(trades_);
    write_positions();
    write_portfolios();
    trades_.clear();
}

void FloorTrades::write_positions() {
    platform::BinaryCopy fresh{
        "positions",
        {"portfolio_no", "symbol_no", "seq", "shard", "quantity", "cost", "realized_pnl"}};
    std::vector<std::int64_t> portfolios;
    std::vector<std::int64_t> symbols;
    std::vector<std::int64_t> seqs;
    std::vector<Amount> quantities;
    std::vector<Amount> costs;
    for (Position* row : changed_positions_) {
        row->changed = false;
        if (!std::exchange(row->stored, true)) {
            fresh.row(
                row->portfolio_no,
                row->symbol_no,
                row->seq,
                shard(),
                row->quantity,
                row->cost,
                Amount{}
            );
            continue;
        }
        portfolios.push_back(row->portfolio_no);
        symbols.push_back(row->symbol_no);
        quantities.push_back(row->quantity);
        costs.push_back(row->cost);
        seqs.push_back(row->seq);
    }
    changed_positions_.clear();
    postgres().copy(fresh);
    if (portfolios.empty()) return;
    platform::Params params;
    params.add_array(portfolios)
        .add_array(symbols)
        .add_array(quantities)
        .add_array(costs)
        .add_array(seqs);
    postgres().prepare("positions", kUpdatePositions);
    postgres().exec_prepared("positions", params);
}

void FloorTrades::write_portfolios() {
    platform::BinaryCopy fresh{
        "portfolios",
        {"portfolio_no",
         "contest_no",
         "wallet_no",
         "seq",
         "last_event_seq",
         "last_trade_at",
         "shard",
         "cash",
         "put_in",
         "realized_pnl",
         "fees"}};
    std::vector<std::int64_t> numbers;
    std::vector<std::int64_t> seqs;
    std::vector<Amount> cash;
    std::vector<Amount> fees;
    std::vector<Timestamp> times;
    for (Portfolio* row : changed_portfolios_) {
        row->changed = false;
        if (!std::exchange(row->stored, true)) {
            // The number stands for the wallet too: what is unique is all that matters here.
            fresh.row(
                row->no,
                row->no,
                row->no,
                row->seq,
                row->seq,
                row->last_trade_at,
                shard(),
                row->cash,
                Amount{},
                Amount{},
                row->fees
            );
            continue;
        }
        numbers.push_back(row->no);
        cash.push_back(row->cash);
        fees.push_back(row->fees);
        times.push_back(row->last_trade_at);
        seqs.push_back(row->seq);
    }
    changed_portfolios_.clear();
    postgres().copy(fresh);
    if (numbers.empty()) return;
    platform::Params params;
    params.add_array(numbers).add_array(cash).add_array(fees).add_array(times).add_array(seqs);
    postgres().prepare("portfolios", kUpdatePortfolios);
    postgres().exec_prepared("portfolios", params);
}

}  // namespace duel::bench
