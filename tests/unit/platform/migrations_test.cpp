#include "platform/migrations.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <unistd.h>

using namespace duel::platform;

namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

std::filesystem::path directory_with(const Files& files) {
    auto directory =
        std::filesystem::temp_directory_path() / ("duel-migrations-" + std::to_string(getpid()));
    std::filesystem::remove_all(directory);
    std::filesystem::create_directories(directory);
    for (const auto& [name, text] : files)
        std::ofstream(directory / name) << text;
    return directory;
}

std::string text(const std::vector<Migration>& migrations) {
    std::string all;
    for (const Migration& migration : migrations) {
        all += (all.empty() ? "" : " ") + migration.file();
    }
    return all;
}

// "001_control.sql 002_tables.sql", or why not.
std::string read(const Files& files) {
    try {
        return text(read_migrations(directory_with(files)));
    } catch (const MigrationError& error) {
        return error.what();
    }
}

Migration file(int number, const std::string& name, const std::string& checksum) {
    return {.number = number, .name = name, .checksum = checksum, .sql = ""};
}

std::string
pending(const std::vector<Migration>& files, const std::vector<AppliedMigration>& applied) {
    try {
        return text(pending_migrations(files, applied));
    } catch (const MigrationError& error) {
        return error.what();
    }
}

}  // namespace

TEST_CASE("migrations are read in the order of their numbers", "[migrations]") {
    REQUIRE(
        read({{"002_tables.sql", "b"}, {"001_control.sql", "a"}, {"readme.md", ""}}) ==
        "001_control.sql 002_tables.sql"
    );
    REQUIRE(read({}).empty());
}

TEST_CASE("a migration carries the SHA-256 of its file", "[migrations]") {
    auto migrations = read_migrations(directory_with({{"001_a.sql", "abc"}}));
    REQUIRE(
        migrations[0].checksum == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    REQUIRE(migrations[0].sql == "abc");
}

TEST_CASE("holes, duplicates and other names are refused by name", "[migrations]") {
    CHECK(
        read({{"001_a.sql", ""}, {"003_c.sql", ""}}) == "003_c.sql: number 002 is missing before it"
    );
    CHECK(read({{"002_b.sql", ""}}) == "002_b.sql: number 001 is missing before it");
    CHECK(
        read({{"001_a.sql", ""}, {"001_b.sql", ""}}) ==
        "001_a.sql and 001_b.sql: the same number twice"
    );
    CHECK(read({{"1_a.sql", ""}}) == "1_a.sql: the name must be NNN_name.sql");
    CHECK(read({{"001.sql", ""}}) == "001.sql: the name must be NNN_name.sql");
    CHECK_THROWS_WITH(
        read_migrations("/nowhere/at/all"), "/nowhere/at/all: No such file or directory"
    );
}

TEST_CASE("only what was not applied is pending", "[migrations]") {
    std::vector<Migration> files{file(1, "a", "x"), file(2, "b", "y"), file(3, "c", "z")};
    CHECK(pending(files, {}) == "001_a.sql 002_b.sql 003_c.sql");
    CHECK(pending(files, {{1, "a", "x"}}) == "002_b.sql 003_c.sql");
    CHECK(pending(files, {{1, "a", "x"}, {2, "b", "y"}, {3, "c", "z"}}).empty());
}

TEST_CASE("what was applied must still be there, unchanged", "[migrations]") {
    std::vector<Migration> files{file(1, "a", "x"), file(2, "b", "y")};
    CHECK(
        pending(files, {{1, "a", "changed"}}) ==
        "001_a.sql: was changed after it was applied; put it back and write a new one"
    );
    CHECK(
        pending(files, {{1, "a", "x"}, {2, "b", "y"}, {3, "c", "z"}}) ==
        "003_c.sql: was applied, but the file is missing"
    );
    CHECK(pending(files, {{1, "other", "x"}}) == "001_a.sql: was applied as 001_other.sql");
    CHECK(
        pending(files, {{2, "b", "y"}}) == "001_a.sql: was never applied, though later ones were"
    );
}
