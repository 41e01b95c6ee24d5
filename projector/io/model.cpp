#include "projector/io/model.hpp"

#include "platform/log.hpp"
#include "platform/migrations.hpp"
#include "projector/io/control.hpp"

#include <fmt/format.h>

namespace duel::projector {
namespace {

using platform::Connection;
using platform::Migration;
using platform::Params;

// Files that make views over whatever model is active say so themselves.
bool follows_active_model(const Migration& file) {
    return file.sql.find("FROM duel_control.models WHERE active") != std::string::npos;
}

bool makes_tables(const Migration& file) {
    return file.name.starts_with("model");
}

}  // namespace

OtherRules::OtherRules(const Model& model)
    : std::runtime_error{fmt::format(
          "the tables of {} were projected by version {} of the rules and this program has {}: run "
          "`duel-projector rebuild`; until then they stay as they are",
          model.schema,
          model.rules,
          kRulesVersion
      )} {}

bool lock_models(Connection& connection, Access access) {
    const std::string_view how = access == Access::alone ? "" : "_shared";
    // "duel" and "refl", for advisory locks are numbers.
    const auto locked = connection.exec(
        fmt::format("select pg_try_advisory_lock{}(1685415276, 1919247980)", how), Params{}
    );
    return locked.one().get<bool>(0);
}

Model active_model(Connection& connection) {
    const auto exists = connection.exec(
        "select exists (select from pg_attribute"
        " where attrelid = to_regclass('duel_control.models') and attname = 'rules')",
        Params{}
    );
    if (!exists.one().get<bool>(0))
        throw NotMigrated("the tables of Duelcast are missing or old: run `duel-projector migrate`"
        );
    const auto model = connection.exec(
        "select schema_name, epoch, rules from duel_control.models where active", Params{}
    );
    if (model.empty())
        throw NotMigrated("no model is active in duel_control.models: run `duel-projector migrate`"
        );
    Model active{
        model.one().get<std::string>(0),
        model.one().get<std::string>(1),
        model.one().get<std::int32_t>(2)};
    const auto table = connection.exec(
        "select exists (select from pg_attribute"
        " where attrelid = to_regclass($1) and attname = $2)",
        Params{}.add(fmt::format("{}.{}", active.schema, kNewestTable)).add(kNewestColumn)
    );
    if (!table.one().get<bool>(0))
        throw NotMigrated(
            "the tables of model " + active.schema +
            " are missing or old: run `duel-projector migrate`"
        );
    return active;
}

Model create_model(
    Connection& connection,
    const std::string& schema,
    const std::filesystem::path& migrations
) {
    const std::string name = connection.quote_name(schema);
    connection.exec(
        "create schema " + name + "; grant usage on schema " + name +
        " to duel_projector; alter default privileges in schema " + name +
        " grant select, insert, update, delete, truncate on tables to duel_projector;"
        " set local search_path = " +
        name + ", public"
    );
    for (const Migration& file : platform::read_migrations(migrations)) {
        if (makes_tables(file)) connection.exec(file.sql);
    }
    const auto epoch =
        connection.exec("select left(replace(gen_random_uuid()::text, '-', ''), 16)", Params{});
    return {schema, epoch.one().get<std::string>(0)};
}

std::string views_of_active_model(const std::filesystem::path& migrations) {
    std::string sql;
    for (const Migration& file : platform::read_migrations(migrations)) {
        if (follows_active_model(file)) sql += file.sql;
    }
    return sql;
}

void drop_model(Connection& connection, const std::string& schema) {
    connection.exec(
        "set client_min_messages = warning; drop schema if exists " +
        connection.quote_name(schema) + " cascade"
    );
    connection.exec(
        "delete from duel_control.models where schema_name = $1 and not active",
        Params{}.add(schema)
    );
}

ScratchModel::ScratchModel(
    std::string url,
    const std::string& schema,
    const std::filesystem::path& migrations
)
    : url_{std::move(url)} {
    Connection connection{platform::ConnectionSettings{.url = url_}};
    platform::Transaction transaction{connection};
    model_ = create_model(connection, schema, migrations);
    transaction.commit();
}

ScratchModel::~ScratchModel() {
    if (is_kept_) return;
    try {
        Connection connection{platform::ConnectionSettings{.url = url_}};
        drop_model(connection, model_.schema);
    } catch (const std::exception& error) {
        platform::log::warn("schema {} could not be dropped: {}", model_.schema, error.what());
    }
}

}  // namespace duel::projector
