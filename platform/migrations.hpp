#pragma once

// The SQL of the database, file after file.
//
// A directory holds `NNN_name.sql`, numbered from 001 without holes. Each is applied once, in
// order, in a transaction of its own, and recorded with its SHA-256 in `duel_control.migrations`.
// What was applied must still be there, unchanged: history is added to, never edited. Files are
// plain SQL of any number of statements, without transaction control of their own.

#include "core/time.hpp"
#include "platform/postgres/connection.hpp"

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace duel::platform {

// The message names the file and what is wrong with it.
struct MigrationError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Migration {
    int number = 0;
    std::string name;      // "tables" of 002_tables.sql
    std::string checksum;  // SHA-256 of the file, in hex
    std::string sql;

    std::string file() const;  // "002_tables.sql"
};

struct AppliedMigration {
    int number = 0;
    std::string name;
    std::string checksum;
};

// The migrations of a directory in order. Refuses a duplicate number, a hole, a name that is not
// `NNN_name.sql`; files that do not end in `.sql` are not looked at.
std::vector<Migration> read_migrations(const std::filesystem::path& directory);

// Those of `files` that are still to be applied. Refuses a changed file and one that vanished.
std::vector<Migration> pending_migrations(
    const std::vector<Migration>& files,
    const std::vector<AppliedMigration>& applied
);

// Brings the database up to date; returns what it applied. Holds an advisory lock meanwhile, so of
// two that run at once the second waits and then finds nothing to do. `search_path` is set for each
// file where it is given. On an error the failing file is rolled back, the earlier ones stay.
std::vector<Migration> apply_migrations(
    Connection& connection,
    const std::filesystem::path& directory,
    const std::optional<std::string>& search_path = std::nullopt
);

}  // namespace duel::platform
