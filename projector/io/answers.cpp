#include "projector/io/answers.hpp"

#include "projector/io/apply_again.hpp"
#include "projector/io/row_reader.hpp"

#include <algorithm>

namespace duel::projector {
namespace {

using platform::Connection;
using platform::Params;
using Kind = Question::Kind;

std::vector<const Question*> of_kind(const std::vector<Question>& questions, Kind kind) {
    std::vector<const Question*> chosen;
    for (const Question& question : questions) {
        if (question.kind == kind) chosen.push_back(&question);
    }
    return chosen;
}

// One member of each as an array.
template <class Item, class Member>
std::vector<Member> all(const std::vector<const Item*>& items, Member Item::*member) {
    std::vector<Member> values;
    values.reserve(items.size());
    for (const Item* item : items)
        values.push_back(item->*member);
    return values;
}

void answer_homes(
    Connection& connection,
    Homes& homes,
    Topic topic,
    const std::vector<const Question*>& asked
) {
    if (asked.empty()) return;
    for (const Question* question : asked)
        homes.learn(question->text, std::nullopt);
    const auto found = connection.exec(
        "select key, partition from homes where topic = $1 and key = any($2)",
        Params{}.add(text(topic)).add_array(all(asked, &Question::text))
    );
    for (const auto row : found)
        homes.learn(row.get<std::string>(0), row.get<std::int32_t>(1));
}

void answer_trades(
    Connection& connection,
    Ledger& ledger,
    const std::vector<const Question*>& asked
) {
    if (asked.empty()) return;
    for (const Question* question : asked)
        ledger.trade_ids.learn(question->no, question->text, std::nullopt);
    const auto found = connection.exec(
        "select t.scope_no, t.trade_id, p.wallet_no, t.symbol_no, t.side, t.amount, t.price, t.fee,"
        " t.traded_at from unnest($1::bigint[], $2::text[]) q(scope_no, trade_id)"
        " join trades t on t.scope_no = q.scope_no and t.trade_id = q.trade_id"
        " join portfolios p on p.portfolio_no = t.portfolio_no",
        Params{}.add_array(all(asked, &Question::no)).add_array(all(asked, &Question::text))
    );
    for (const auto row : found)
        ledger.trade_ids.learn(
            row.get<std::int64_t>(0),
            row.get<std::string>(1),
            TradeFact{
                .wallet_no = row.get<std::int64_t>(2),
                .symbol_no = row.get<std::int64_t>(3),
                .side = row.get<std::int16_t>(4),
                .amount = row.get<Amount>(5),
                .price = row.get<Amount>(6),
                .fee = row.get<Amount>(7),
                .at = row.get<Timestamp>(8)}
        );
}

void answer_transfers(
    Connection& connection,
    Ledger& ledger,
    const std::vector<const Question*>& asked
) {
    if (asked.empty()) return;
    for (const Question* question : asked)
        ledger.transfer_ids.learn(question->no, question->text, std::nullopt);
    const auto found = connection.exec(
        "select t.scope_no, t.transfer_id, p.wallet_no, t.kind, t.amount, t.transferred_at"
        " from unnest($1::bigint[], $2::text[]) q(scope_no, transfer_id)"
        " join transfers t on t.scope_no = q.scope_no and t.transfer_id = q.transfer_id"
        " join portfolios p on p.portfolio_no = t.portfolio_no",
        Params{}.add_array(all(asked, &Question::no)).add_array(all(asked, &Question::text))
    );
    for (const auto row : found)
        ledger.transfer_ids.learn(
            row.get<std::int64_t>(0),
            row.get<std::string>(1),
            TransferFact{
                .wallet_no = row.get<std::int64_t>(2),
                .kind = row.get<std::int16_t>(3),
                .amount = row.get<Amount>(4),
                .at = row.get<Timestamp>(5)}
        );
}

void answer_members(
    Connection& connection,
    Ledger& ledger,
    const std::vector<const Question*>& asked
) {
    if (asked.empty()) return;
    for (const Question* question : asked)
        ledger.members.learn(question->no, question->other_no, std::nullopt);
    const auto found = connection.exec(
        "select p.contest_no, p.wallet_no, i.username"
        " from unnest($1::bigint[], $2::bigint[]) q(contest_no, wallet_no)"
        " join portfolios p on p.contest_no = q.contest_no and p.wallet_no = q.wallet_no"
        " join participants i on i.portfolio_no = p.portfolio_no where i.left_at is null",
        Params{}.add_array(all(asked, &Question::no)).add_array(all(asked, &Question::other_no))
    );
    for (const auto row : found)
        ledger.members.learn(
            row.get<std::int64_t>(0), row.get<std::int64_t>(1), row.get<std::string>(2)
        );
}

void answer_candles(Connection& connection, Market& market, const Question& question) {
    std::vector<CandleRow> candles;
    for (std::size_t i = 0; i < kIntervals; ++i) {
        const auto interval = static_cast<Interval>(i);
        const auto found = connection.exec(
            RowReader<CandleRow>::select() +
                " where y.symbol_no = $1 and y.\"interval\" = $2 and y.opened_at = $3",
            Params{}.add(question.no).add(text(interval)).add(opening_of(interval, question.at))
        );
        for (const auto row : found)
            candles.push_back(RowReader<CandleRow>::read(row));
    }
    market.learn(question.no, question.at, candles);
}

}  // namespace

void answer(Connection& connection, Ledger& ledger, const std::vector<Question>& questions) {
    std::vector<const Question*> prices, trades;
    for (const Question* question : of_kind(questions, Kind::home))
        (question->text.starts_with("symbol:") ? prices : trades).push_back(question);
    answer_homes(connection, ledger.homes, Topic::prices, prices);
    answer_homes(connection, ledger.homes, Topic::trades, trades);
    answer_trades(connection, ledger, of_kind(questions, Kind::trade));
    answer_transfers(connection, ledger, of_kind(questions, Kind::transfer));
    answer_members(connection, ledger, of_kind(questions, Kind::member));
}

void answer(Connection& connection, Market& market, const std::vector<Question>& questions) {
    answer_homes(connection, market.homes, Topic::prices, of_kind(questions, Kind::home));
    for (const Question* question : of_kind(questions, Kind::candles))
        answer_candles(connection, market, *question);
}

std::vector<Question> id_questions(const Ledger& ledger, const Inputs& inputs) {
    std::vector<Question> questions;
    const auto ask = [&](const auto& event, Kind kind, const std::string& id) {
        std::optional<std::int64_t> scope_no;
        if (event.contest_id) {
            if (const Contest* contest = ledger.find_contest(*event.contest_id))
                scope_no = contest->row.contest_no;
        } else if (const Wallet* wallet = ledger.find_wallet(event.wallet_address)) {
            if (wallet->main != nullptr) scope_no = wallet->main->row.portfolio_no;
        }
        if (scope_no)
            questions.push_back({.kind = kind, .no = *scope_no, .other_no = 0, .text = id, .at = {}}
            );
    };
    for (const auto& chunk : inputs) {
        for (const Input& input : chunk) {
            if (!input.event()) continue;
            const Event& event = *input.event();
            if (const auto* trade = std::get_if<Trade>(&event)) {
                ask(*trade, Kind::trade, trade->trade_id);
            } else if (const auto* deposit = std::get_if<Deposit>(&event)) {
                if (deposit->transfer_id) ask(*deposit, Kind::transfer, *deposit->transfer_id);
            } else if (const auto* withdrawal = std::get_if<Withdrawal>(&event)) {
                if (withdrawal->transfer_id)
                    ask(*withdrawal, Kind::transfer, *withdrawal->transfer_id);
            }
        }
    }
    return questions;
}

void claim_homes(platform::Pipeline& pipeline, std::int16_t shard, const Homes& homes) {
    if (homes.claims().empty()) return;
    static const std::string claim =
        "insert into homes (topic, key, partition, shard, seq)"
        " select c.topic, c.key, c.partition, $4::smallint, c.seq"
        " from unnest($1::text[], $2::text[], $3::int[], $5::bigint[])"
        " c(topic, key, partition, seq) on conflict do nothing";
    static const std::string find_lost =
        "select from unnest($1::text[], $2::text[], $3::int[]) c(topic, key, partition)"
        " join homes h on h.topic = c.topic and h.key = c.key and h.partition <> c.partition";
    std::vector<const Home*> claims;
    for (const Home& home : homes.claims())
        claims.push_back(&home);
    // In one order everywhere, so that two shards never wait for each other.
    std::ranges::sort(claims, {}, [](const Home* home) {
        return std::pair{text(home->topic), std::string_view{home->key}};
    });
    std::vector<std::string_view> topics;
    topics.reserve(claims.size());
    for (const Home* home : claims)
        topics.push_back(text(home->topic));
    Params params;
    params.add_array(topics).add_array(all(claims, &Home::key));
    params.add_array(all(claims, &Home::partition));
    Params with_seqs = params;
    with_seqs.add(shard).add_array(all(claims, &Home::seq));
    pipeline.exec_prepared("claim_homes", claim, with_seqs);
    pipeline.exec_prepared("find_lost_homes", find_lost, params, [](const platform::Rows& lost) {
        if (!lost.empty()) throw ApplyAgain("another shard has settled a home");
    });
}

}  // namespace duel::projector
