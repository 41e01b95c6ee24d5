#include "projector/rules/digest.hpp"

#include "projector/rules/rows/ledger_rows.hpp"
#include "projector/rules/table.hpp"
#include "tests/unit/projector/rules/events.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <vector>

namespace duel::projector {
namespace {

WalletRow wallet(std::int64_t no, const std::string& address) {
    WalletRow row;
    row.seq = 7;
    row.wallet_no = no;
    row.first_seen_at = at(1);
    row.wallet_address = address;
    return row;
}

TEST_CASE("every column and the seq move the digest of a row", "[digest]") {
    std::vector<WalletRow> rows(9, wallet(1, "abcdefghi"));
    rows[1].seq = 8;
    rows[2].wallet_no = 2;
    rows[3].first_seen_at += std::chrono::microseconds{1};
    rows[4].username_at = at(1);
    rows[5].wallet_address = "abcdefghj";
    rows[6].wallet_address = "abcdefgh";
    rows[7].username = "";
    rows[8].username = "a";
    std::set<Digest> digests;
    for (const WalletRow& row : rows)
        digests.insert(digest_of(row));
    CHECK(digests.size() == rows.size());
}

TEST_CASE("amounts that differ by the least unit, or by their sign, differ", "[digest]") {
    std::set<Digest> digests;
    for (const Int128 units : {Int128{0}, Int128{1}, Int128{-1}, Amount::kLimit - 1}) {
        PortfolioRow row;
        row.cash = Amount::from_units(units);
        digests.insert(digest_of(row));
    }
    CHECK(digests.size() == 4);
}

TEST_CASE("a table's digest follows its rows as they come, change and go", "[digest]") {
    Table<WalletRow> table;
    std::vector<WalletRow> rows{wallet(1, "a"), wallet(2, "b")};
    Digest digest = 0;
    const auto commit = [&] {
        digest += table.digest_change();
        table.settle();
    };
    for (WalletRow& row : rows)
        table.touch(row, 8);
    commit();
    CHECK(digest == digest_of(rows[0]) + digest_of(rows[1]));

    rows[0].username = "new";
    table.touch(rows[0], 9);
    commit();
    CHECK(digest == digest_of(rows[0]) + digest_of(rows[1]));

    table.erase(rows[1], 10);
    commit();
    CHECK(digest == digest_of(rows[0]));
    table.touch(rows[1], 11);
    commit();
    CHECK(digest == digest_of(rows[0]) + digest_of(rows[1]));
}

TEST_CASE("a row that only has to be told again changes nothing", "[digest]") {
    Table<WalletRow> table;
    WalletRow row = wallet(1, "a");
    row.stored = true;
    row.digest = digest_of(row);
    table.tell(row);
    CHECK(table.digest_change() == 0);
}

}  // namespace
}  // namespace duel::projector
