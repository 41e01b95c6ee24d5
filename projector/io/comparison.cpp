#include "projector/io/comparison.hpp"

#include "platform/log.hpp"
#include "projector/io/rows_digest.hpp"

#include <fmt/format.h>
#include <optional>
#include <vector>

namespace duel::projector {
namespace {

using platform::Format;
using platform::Params;

// What is not projected: where the shard stands, its journal, and whose the keys are.
constexpr std::string_view kBookkeeping = "('shards', 'journal', 'homes')";

constexpr std::string_view kNotDigested = "dead_letters";

std::string text(std::optional<Digest> digest) {
    return digest ? fmt::format("{:016x}", *digest) : "unknown";
}

struct TableShape {
    std::string name;
    std::vector<std::string> columns;
    std::vector<std::string> keys;
};

std::vector<std::string>
names(platform::Connection& connection, const Params& params, const std::string& sql) {
    std::vector<std::string> found;
    for (const auto row : connection.exec(sql, params))
        found.push_back(row.get<std::string>(0));
    return found;
}

std::vector<TableShape> shapes(const Side& side) {
    std::vector<TableShape> tables;
    const auto& schema = side.schema;
    for (const std::string& table : names(
             side.connection,
             Params{}.add(schema),
             fmt::format(
                 "select c.relname::text from pg_class c join pg_namespace n on n.oid = "
                 "c.relnamespace"
                 " where n.nspname = $1 and c.relkind = 'r' and c.relname not in {} order by 1",
                 kBookkeeping
             )
         )) {
        const std::string qualified = fmt::format("{}.{}", schema, table);
        TableShape shape{.name = table, .columns = {}, .keys = {}};
        shape.columns = names(
            side.connection,
            Params{}.add(qualified),
            "select quote_ident(attname) from pg_attribute where attrelid = $1::regclass and"
            " attnum > 0 and not attisdropped order by attname"
        );
        shape.keys = names(
            side.connection,
            Params{}.add(qualified),
            "select quote_ident(a.attname) from (select indexrelid, indrelid, indkey from pg_index"
            " where indrelid = $1::regclass and indisunique order by indisprimary desc, indexrelid"
            " limit 1) i cross join unnest(i.indkey) with ordinality k(no, place)"
            " join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.no order by k.place"
        );
        tables.push_back(std::move(shape));
    }
    return tables;
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
    return fmt::format("{}", fmt::join(parts, separator));
}

struct Sum {
    std::int64_t rows;
    std::string hashes;
    bool operator==(const Sum&) const = default;
};

// The order of the rows does not count, nor that of the columns.
Sum sum_of(const Side& side, const TableShape& table, std::int16_t shard) {
    const auto sum = side.connection.exec(
        fmt::format(
            "select count(*), coalesce(sum(hashtextextended(row({})::text, 0)::numeric), 0)::text"
            " from {}.{} where shard = $1",
            joined(table.columns, ", "),
            side.connection.quote_name(side.schema),
            table.name
        ),
        Params{}.add(shard)
    );
    return {sum.one().get<std::int64_t>(0), sum.one().get<std::string>(1)};
}

// The rows of one side in the order of their keys' texts, a bounded number at a time.
class Cursor {
public:
    Cursor(const Side& side, const TableShape& table, std::int16_t shard)
        : connection_{side.connection}, name_{"compare_" + table.name} {
        const std::string key = fmt::format("concat_ws(' ', {})", joined(keyed(table), ", "));
        connection_.exec(fmt::format(
            "declare {} no scroll cursor with hold for select {} as key, {} from {}.{}"
            " where shard = {} order by ({}) collate \"C\"",
            name_,
            key,
            joined(table.columns, ", "),
            connection_.quote_name(side.schema),
            table.name,
            shard,
            key
        ));
        advance();
    }
    ~Cursor() {
        try {
            if (connection_.alive()) connection_.exec("close " + name_);
        } catch (const platform::PostgresError& error) {
            platform::log::debug("{}: {}", name_, error.what());
        }
    }
    Cursor(const Cursor&) = delete;
    Cursor& operator=(const Cursor&) = delete;

    bool has_row() const { return page_ && at_ < page_->size(); }
    std::string_view key() const { return (*page_)[at_].get<std::string_view>(0); }
    std::string value(std::size_t column) const {
        const auto text =
            (*page_)[at_].get<std::optional<std::string_view>>(static_cast<int>(column) + 1);
        return text ? std::string{*text} : "null";
    }
    void advance() {
        if (++at_ < (page_ ? page_->size() : 0)) return;
        page_ = connection_.exec("fetch 5000 from " + name_, Params{}, Format::text);
        at_ = 0;
    }

private:
    static std::vector<std::string> keyed(const TableShape& table) {
        std::vector<std::string> parts;
        parts.reserve(table.keys.size());
        for (const std::string& key : table.keys)
            parts.push_back(fmt::format("'{}=' || {}", key, key));
        return parts;
    }

    platform::Connection& connection_;
    std::string name_;
    std::optional<platform::Rows> page_;
    int at_{0};
};

void compare_rows(
    const Side& here,
    const Side& there,
    const TableShape& table,
    std::int16_t shard,
    const std::function<void(const Difference&)>& on_difference
) {
    Cursor mine{here, table, shard};
    Cursor theirs{there, table, shard};
    while (mine.has_row() || theirs.has_row()) {
        if (!theirs.has_row() || (mine.has_row() && mine.key() < theirs.key())) {
            on_difference({table.name, std::string{mine.key()}, "", "a row", "no row"});
            mine.advance();
        } else if (!mine.has_row() || theirs.key() < mine.key()) {
            on_difference({table.name, std::string{theirs.key()}, "", "no row", "a row"});
            theirs.advance();
        } else {
            for (std::size_t c = 0; c < table.columns.size(); ++c) {
                if (mine.value(c) != theirs.value(c))
                    on_difference(
                        {table.name,
                         std::string{mine.key()},
                         table.columns[c],
                         mine.value(c),
                         theirs.value(c)}
                    );
            }
            mine.advance();
            theirs.advance();
        }
    }
}

}  // namespace

std::int64_t compare_shard(
    Side here,
    Side there,
    const ShardId& shard,
    const std::function<void(const Difference&)>& on_difference
) {
    const auto [digest, digested_rows] = digest_rows(here.connection, shard);
    const auto kept_here = kept_digest(here.connection, shard);
    const auto kept_there = kept_digest(there.connection, shard);
    if (kept_here && kept_here != kept_there)
        on_difference({"shards", "", "digest", text(kept_here), text(kept_there)});
    const bool are_same = digest == kept_there;

    std::int64_t rows = are_same ? digested_rows : 0;
    bool is_explained = are_same;
    const auto on_found = [&](const Difference& difference) {
        is_explained = true;
        on_difference(difference);
    };
    for (const TableShape& table : shapes(there)) {
        if (are_same && table.name != kNotDigested) continue;
        const Sum mine = sum_of(here, table, shard.number());
        rows += mine.rows;
        if (mine != sum_of(there, table, shard.number()))
            compare_rows(here, there, table, shard.number(), on_found);
    }
    if (!is_explained)
        on_difference({"shards", "", "digest of the rows", text(digest), text(kept_there)});
    return rows;
}

}  // namespace duel::projector
