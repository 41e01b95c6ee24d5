// Against the Postgres of DUEL_TEST_POSTGRES (a superuser's URL): skipped where it is not set.

#include "platform/postgres.hpp"

#include "platform/migrations.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <thread>
#include <unistd.h>

using namespace duel;
using namespace duel::platform;
using namespace std::chrono_literals;

namespace {

std::optional<ConnectionSettings> server() {
    const char* url = std::getenv("DUEL_TEST_POSTGRES");
    if (!url) {
        WARN("skipped: DUEL_TEST_POSTGRES is not set");
        return std::nullopt;
    }
    return ConnectionSettings{.url = url, .application_name = "platform test"};
}

Amount amount(const char* text) {
    return Amount::parse(text).value();
}

Timestamp at(const char* iso) {
    return parse_timestamp(iso).value();
}

void terminate(const ConnectionSettings& settings, int backend) {
    Connection other(settings);
    other.exec("select pg_terminate_backend(" + std::to_string(backend) + ")");
}

}  // namespace

TEST_CASE("values go to Postgres and come back the same, in both formats", "[postgres][real]") {
    auto settings = server();
    if (!settings) return;
    Connection connection(*settings);
    Params params;
    params.add(std::int16_t{-7}).add(std::int32_t{1 << 30}).add(std::int64_t{1} << 62);
    params.add(true).add(0.1).add("héllo").add(Bytes{std::string_view("\0\xff", 2)});
    params.add(amount("-99999999999999999999.999999999999999999"));
    params.add(at("2025-11-13T19:15:12.648123Z")).add(std::optional<Amount>());
    params.add(Json{R"({"trades/3": 17})"});
    for (Format format : {Format::binary, Format::text}) {
        auto row =
            connection
                .exec(
                    "select $1::int2 a, $2::int4, $3::int8, $4::bool, $5::float8, $6::text, "
                    "$7::bytea, $8::numeric(38,18), $9::timestamptz, $10::numeric, $11::jsonb",
                    params,
                    format
                )
                .one();
        CHECK(row.get<std::int16_t>("a") == -7);
        CHECK(row.get<std::int64_t>(0) == -7);
        CHECK(row.get<std::int32_t>(1) == 1 << 30);
        CHECK(row.get<std::int64_t>(2) == std::int64_t{1} << 62);
        CHECK(row.get<bool>(3));
        CHECK(row.get<double>(4) == 0.1);
        CHECK(row.get<std::string>(5) == "héllo");
        if (format == Format::binary)
            CHECK(row.get<Bytes>(6).data == std::string_view("\0\xff", 2));
        CHECK(row.get<Amount>(7) == amount("-99999999999999999999.999999999999999999"));
        CHECK(row.get<Timestamp>(8) == at("2025-11-13T19:15:12.648123Z"));
        CHECK_FALSE(row.get<std::optional<Amount>>(9));
        CHECK(row.get<std::string_view>(10) == R"({"trades/3": 17})");
        CHECK_THROWS_AS(row.get<std::int16_t>(1), std::logic_error);
        CHECK_THROWS_AS(row.get<Amount>(9), std::logic_error);
        CHECK_THROWS_AS(row.get<bool>("nowhere"), std::logic_error);
    }
}

TEST_CASE("a pipeline sends many statements and checks every answer", "[postgres][real]") {
    auto settings = server();
    if (!settings) return;
    Connection connection(*settings);
    connection.exec("create temp table t (no int8 primary key)");
    const std::string insert = "insert into t values ($1::int8)";
    const auto count = [&] {
        return connection.exec("select count(*) from t", Params{}).one().get<std::int64_t>(0);
    };
    for (int round = 0; round < 2; ++round) {
        Pipeline pipeline{connection};
        Transaction transaction{pipeline};
        std::int64_t seen = 0;
        for (std::int64_t no = 0; no < 100; ++no)
            pipeline.exec_prepared(
                "insert",
                insert,
                Params{}.add(std::int64_t{round} * 100 + no),
                [&](const Rows& rows) { seen += rows.affected(); }
            );
        pipeline.finish();
        REQUIRE(seen == 100);
        transaction.commit();
    }
    REQUIRE(count() == 200);

    const auto fails = [&](auto&& fill) {
        Pipeline pipeline{connection};
        Transaction transaction{pipeline};
        pipeline.exec_prepared("insert", insert, Params{}.add(std::int64_t{500}));
        fill(pipeline);
        pipeline.finish();
        transaction.commit();
    };
    // The server's first error, not what it makes of the statements behind it.
    try {
        fails([&](Pipeline& pipeline) {
            pipeline.exec_prepared("one", "select 1", Params{});
            pipeline.exec_prepared("insert", insert, Params{}.add(std::int64_t{7}));
            pipeline.exec_prepared("never", "select from nowhere", Params{});
        });
        FAIL("a key came twice");
    } catch (const SqlError& error) {
        CHECK(error.is_unique_violation());
    }
    CHECK_THROWS_AS(
        fails([](Pipeline& pipeline) {
            pipeline.exec_prepared("never", "select from nowhere", Params{});
        }),
        SqlError
    );
    CHECK_THROWS_AS(
        fails([&](Pipeline& pipeline) {
            pipeline.exec_prepared(
                "insert",
                insert,
                Params{}.add(std::int64_t{501}),
                [](const Rows&) { throw std::out_of_range("not this many"); }
            );
        }),
        std::out_of_range
    );
    {
        Pipeline pipeline{connection};
        Transaction transaction{pipeline};
        pipeline.exec_prepared("insert", insert, Params{}.add(std::int64_t{502}));
    }
    // Nothing of these stayed, and the session is of use: a name whose parsing failed is free
    // again.
    REQUIRE(count() == 200);
    fails([](Pipeline& pipeline) {
        pipeline.exec_prepared("one", "select 1", Params{});
        pipeline.exec_prepared("never", "select 1", Params{});
    });
    REQUIRE(count() == 201);

    // More than any buffer holds, while the server is busy with what came first.
    {
        Pipeline pipeline{connection};
        pipeline.exec("select pg_sleep(0.3)");
        const std::string big(16U << 20U, 'x');
        std::int64_t bytes = 0;
        for (int i = 0; i < 4; ++i)
            pipeline
                .exec_prepared("echo", "select $1::text", Params{}.add(big), [&](const Rows& rows) {
                    bytes += static_cast<std::int64_t>(rows.one().get<std::string_view>(0).size());
                });
        pipeline.finish();
        CHECK(bytes == 4 * static_cast<std::int64_t>(big.size()));
    }
    {
        Pipeline pipeline{connection};
        Transaction transaction{pipeline};
        CHECK_THROWS_AS(transaction.commit(), std::logic_error);
    }

    const int backend = connection.backend_pid();
    CHECK_THROWS_AS(
        fails([&](Pipeline& pipeline) {
            terminate(*settings, backend);
            pipeline.exec("select 1");
        }),
        ConnectionLost
    );
}

TEST_CASE("COPY and unnest write what Postgres reads back", "[postgres][real]") {
    auto settings = server();
    if (!settings) return;
    Connection connection(*settings);
    connection.exec(
        "create temp table t (no int8 primary key, name text, cash numeric(38,18), at timestamptz, "
        "side int2, raw bytea)"
    );
    BinaryCopy copy("t", {"no", "name", "cash", "at", "side", "raw"});
    for (std::int64_t i = 0; i < 10'000; ++i) {
        copy.row(
            i,
            "w" + std::to_string(i),
            Amount::from_integer(i),
            at("2025-01-01T00:00:00Z"),
            std::int16_t{1},
            Bytes{"x"}
        );
    }
    REQUIRE(connection.copy(copy) == 10'000);
    copy.clear();
    REQUIRE(connection.copy(copy) == 0);

    std::vector<std::int64_t> nos{1, 2, 3};
    std::vector<std::optional<Amount>> cashes{amount("0.5"), std::nullopt, amount("-1e-18")};
    Params params;
    params.add_array(nos).add_array(cashes);
    connection.prepare(
        "set",
        "update t set cash = u.cash from unnest($1::int8[], $2::numeric[]) u(no, cash) where t.no "
        "= u.no"
    );
    REQUIRE(connection.exec_prepared("set", params).affected() == 3);
    connection.prepare(
        "set",
        "update t set cash = u.cash from unnest($1::int8[], $2::numeric[]) u(no, cash) where t.no "
        "= u.no"
    );
    REQUIRE_THROWS_AS(connection.prepare("set", "select 1"), std::logic_error);

    std::string seen;
    Params bound;
    bound.add(std::int64_t{3});
    connection
        .stream("select no, cash from t where no <= $1 order by no", bound, [&](const Row& row) {
            auto cash = row.get<std::optional<Amount>>(1);
            seen += std::to_string(row.get<std::int64_t>(0)) + ":" +
                    (cash ? cash->text() : "null") + " ";
        });
    REQUIRE(seen == "0:0 1:0.5 2:null 3:-0.000000000000000001 ");

    copy.row(
        std::int64_t{1},
        "again",
        amount("1"),
        at("2025-01-01T00:00:00Z"),
        std::int16_t{1},
        Bytes{""}
    );
    try {
        connection.copy(copy);
        FAIL("the key is there already");
    } catch (const SqlError& error) {
        REQUIRE(error.is_unique_violation());
        REQUIRE(error.constraint == "t_pkey");
        REQUIRE(error.detail == "Key (no)=(1) already exists.");
    }
    REQUIRE(connection.exec("select count(*) from t").one().get<std::int64_t>(0) == 10'000);
}

TEST_CASE(
    "what a reader throws ends a stream and leaves the connection usable",
    "[postgres][real]"
) {
    auto settings = server();
    if (!settings) return;
    Connection connection(*settings);
    int rows = 0;
    auto stop = [&](const Row&) {
        if (++rows == 10) throw std::runtime_error("enough");
    };
    REQUIRE_THROWS_WITH(
        connection.stream("select g from generate_series(1, 100000000) g", {}, stop), "enough"
    );
    REQUIRE(rows == 10);
    REQUIRE(connection.exec("select 1").one().get<std::int32_t>(0) == 1);
    REQUIRE_THROWS_AS(connection.stream("select 1 / 0", {}, stop), SqlError);
    REQUIRE(connection.exec("select 1").one().get<std::int32_t>(0) == 1);
}

TEST_CASE("a transaction is applied by commit alone", "[postgres][real]") {
    auto settings = server();
    if (!settings) return;
    Connection connection(*settings);
    connection.exec("create temp table t (n int)");
    auto count = [&] {
        return connection.exec("select count(*) from t").one().get<std::int64_t>(0);
    };
    {
        Transaction transaction(connection);
        connection.exec("insert into t values (1)");
    }
    REQUIRE(count() == 0);
    {
        Transaction transaction(connection);
        connection.exec("insert into t values (1)");
        transaction.commit();
    }
    REQUIRE(count() == 1);
    {
        Transaction transaction(connection);
        REQUIRE_THROWS_AS(connection.exec("select 1/0"), SqlError);
        REQUIRE_THROWS_AS(transaction.commit(), SqlError);
    }
    REQUIRE_FALSE(connection.in_transaction());
    REQUIRE(count() == 1);
}

TEST_CASE("a connection that dies says so; in COMMIT the outcome is in doubt", "[postgres][real]") {
    auto settings = server();
    if (!settings) return;
    {
        Connection connection(*settings);
        terminate(*settings, connection.backend_pid());
        REQUIRE_THROWS_AS(connection.exec("select 1"), ConnectionLost);
        REQUIRE_FALSE(connection.alive());
    }
    {
        Connection connection(*settings);
        Transaction transaction(connection);
        connection.exec("create temp table t (n int)");
        terminate(*settings, connection.backend_pid());
        REQUIRE_THROWS_AS(transaction.commit(), InDoubt);
    }
    ConnectionSettings nowhere{.url = "postgresql://u:secret@127.0.0.1:1/db"};
    REQUIRE_THROWS_AS(Connection(nowhere), ConnectionLost);
    REQUIRE(without_password(nowhere.url) == "127.0.0.1:1/db as u");
    REQUIRE_THROWS_AS(Connection(ConnectionSettings{.url = "postgresql://[["}), PostgresError);
}

TEST_CASE(
    "a statement can be cancelled from another thread or by its timeout",
    "[postgres][real]"
) {
    auto settings = server();
    if (!settings) return;
    settings->parameters = {{"statement_timeout", "30s"}, {"search_path", "pg_catalog, public"}};
    Connection connection(*settings);
    REQUIRE(connection.exec("show search_path").one().get<std::string>(0) == "pg_catalog, public");
    std::thread other([canceller = connection.canceller()] {
        std::this_thread::sleep_for(500ms);
        canceller.cancel();
    });
    try {
        connection.exec("select pg_sleep(20)");
        FAIL("was not cancelled");
    } catch (const SqlError& error) {
        REQUIRE(error.sqlstate == "57014");
    }
    other.join();
    REQUIRE(connection.alive());
}

TEST_CASE(
    "migrations apply once, by two at a time, and stop at the first that fails",
    "[postgres][real]"
) {
    auto settings = server();
    if (!settings) return;
    Connection admin(*settings);
    std::string database = "migrations_" + std::to_string(getpid());
    admin.exec("create database " + database);
    std::string url = settings->url;
    url += (url.find('?') == std::string::npos ? "?dbname=" : "&dbname=") + database;
    ConnectionSettings own{.url = url};

    auto directory = std::filesystem::temp_directory_path() / database;
    std::filesystem::create_directories(directory);
    std::ofstream(directory / "001_a.sql") << "create schema m; select pg_sleep(0.2);";
    std::ofstream(directory / "002_b.sql") << "create table t (n int); insert into t values (1);";
    {
        std::size_t by_other = 0;
        std::thread other([&] {
            Connection connection(own);
            by_other = apply_migrations(connection, directory, "m").size();
        });
        Connection connection(own);
        std::size_t by_us = apply_migrations(connection, directory, "m").size();
        other.join();
        REQUIRE(by_us + by_other == 2);
        REQUIRE(connection.exec("select n from m.t").one().get<std::int32_t>(0) == 1);

        std::ofstream(directory / "003_c.sql") << "create table c (n int); select 1/0;";
        REQUIRE_THROWS_WITH(
            apply_migrations(connection, directory, "m"),
            Catch::StartsWith("003_c.sql: division by zero")
        );
        std::ofstream(directory / "003_c.sql") << "create table c (n int); commit;";
        REQUIRE_THROWS_WITH(
            apply_migrations(connection, directory),
            "003_c.sql: ends its transaction itself (commit?)"
        );
        std::ofstream(directory / "002_b.sql") << "create table other (n int);";
        REQUIRE_THROWS_WITH(
            apply_migrations(connection, directory), Catch::StartsWith("002_b.sql: was changed")
        );
    }
    admin.exec("drop database " + database + " with (force)");
    std::filesystem::remove_all(directory);
}
