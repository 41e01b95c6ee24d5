#include "platform/migrations.hpp"

#include "platform/log.hpp"
#include "platform/postgres/transaction.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/format.h>
#include <fstream>
#include <openssl/evp.h>
#include <sstream>

namespace duel::platform {

namespace {

// Any number will do as long as all programs take the same: "duel" and "migr" in ASCII.
constexpr std::int64_t kAdvisoryLock = 0x6475656c'6d696772;

constexpr const char* kBootstrap = R"sql(
create schema if not exists duel_control;
create table if not exists duel_control.migrations (
    number     integer     primary key,
    name       text        not null,
    checksum   text        not null,
    applied_at timestamptz not null default now()
);
)sql";

std::string sha256(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1) {
        throw MigrationError("SHA-256 is not available");
    }
    std::string hex;
    for (unsigned int i = 0; i < length; ++i)
        hex += fmt::format("{:02x}", digest[i]);
    return hex;
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!file.is_open() || file.bad()) throw MigrationError(path.string() + ": cannot be read");
    return text;
}

Migration read_migration(const std::filesystem::path& path) {
    std::string name = path.stem().string();
    auto is_digit = [](unsigned char c) { return std::isdigit(c) != 0; };
    bool well_named =
        name.size() > 4 && name[3] == '_' && std::all_of(name.begin(), name.begin() + 3, is_digit);
    if (!well_named) {
        throw MigrationError(path.filename().string() + ": the name must be NNN_name.sql");
    }
    Migration migration;
    migration.number = std::stoi(name.substr(0, 3));
    migration.name = name.substr(4);
    migration.sql = read_file(path);
    migration.checksum = sha256(migration.sql);
    return migration;
}

std::vector<AppliedMigration> read_applied(Connection& connection) {
    std::vector<AppliedMigration> applied;
    auto rows = connection.exec(
        "select number, name, checksum from duel_control.migrations order by number", Params()
    );
    for (const Row& row : rows) {
        applied.push_back(
            {.number = row.get<std::int32_t>(0),
             .name = row.get<std::string>(1),
             .checksum = row.get<std::string>(2)}
        );
    }
    return applied;
}

void apply(
    Connection& connection,
    const Migration& migration,
    const std::optional<std::string>& search_path
) {
    Transaction transaction(connection);
    if (search_path) connection.exec("set local search_path = " + *search_path);
    try {
        connection.exec(migration.sql);
        if (!connection.in_transaction()) {
            throw MigrationError(migration.file() + ": ends its transaction itself (commit?)");
        }
        Params params;
        params.add(migration.number).add(migration.name).add(migration.checksum);
        connection.exec(
            "insert into duel_control.migrations (number, name, checksum) values ($1, $2, $3)",
            params
        );
        transaction.commit();
    } catch (const SqlError& error) {
        throw MigrationError(migration.file() + ": " + error.what());
    }
}

// Held by the session: until release, or its end.
class AdvisoryLock {
public:
    explicit AdvisoryLock(Connection& connection) : connection_(connection) {
        connection_.exec(fmt::format("select pg_advisory_lock({})", kAdvisoryLock));
    }
    ~AdvisoryLock() {
        try {
            if (connection_.alive()) {
                connection_.exec(fmt::format("select pg_advisory_unlock({})", kAdvisoryLock));
            }
        } catch (const std::exception& error) {
            log::debug("migrations: unlock: {}", error.what());
        }
    }
    AdvisoryLock(const AdvisoryLock&) = delete;
    AdvisoryLock& operator=(const AdvisoryLock&) = delete;

private:
    Connection& connection_;
};

}  // namespace

std::string Migration::file() const {
    return fmt::format("{:03}_{}.sql", number, name);
}

std::vector<Migration> read_migrations(const std::filesystem::path& directory) {
    std::error_code error;
    std::filesystem::directory_iterator entries(directory, error);
    if (error) throw MigrationError(directory.string() + ": " + error.message());
    std::vector<Migration> files;
    for (const auto& entry : entries) {
        if (entry.path().extension() == ".sql" && !entry.is_directory())
            files.push_back(read_migration(entry.path()));
    }
    std::sort(files.begin(), files.end(), [](const Migration& a, const Migration& b) {
        return std::tie(a.number, a.name) < std::tie(b.number, b.name);
    });
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (i > 0 && files[i].number == files[i - 1].number) {
            throw MigrationError(
                files[i - 1].file() + " and " + files[i].file() + ": the same number twice"
            );
        }
        int wanted = static_cast<int>(i) + 1;
        if (files[i].number != wanted) {
            throw MigrationError(
                fmt::format("{}: number {:03} is missing before it", files[i].file(), wanted)
            );
        }
    }
    return files;
}

std::vector<Migration> pending_migrations(
    const std::vector<Migration>& files,
    const std::vector<AppliedMigration>& applied
) {
    for (const AppliedMigration& known : applied) {
        auto file = std::find_if(files.begin(), files.end(), [&](const Migration& one) {
            return one.number == known.number;
        });
        std::string known_as = fmt::format("{:03}_{}.sql", known.number, known.name);
        if (file == files.end()) {
            throw MigrationError(known_as + ": was applied, but the file is missing");
        }
        if (file->name != known.name) {
            throw MigrationError(file->file() + ": was applied as " + known_as);
        }
        if (file->checksum != known.checksum) {
            throw MigrationError(
                known_as + ": was changed after it was applied; put it back and write a new one"
            );
        }
    }
    std::vector<Migration> pending;
    for (const Migration& file : files) {
        bool is_known = std::any_of(applied.begin(), applied.end(), [&](const auto& known) {
            return known.number == file.number;
        });
        if (is_known) continue;
        if (!applied.empty() && file.number < applied.back().number) {
            throw MigrationError(file.file() + ": was never applied, though later ones were");
        }
        pending.push_back(file);
    }
    return pending;
}

std::vector<Migration> apply_migrations(
    Connection& connection,
    const std::filesystem::path& directory,
    const std::optional<std::string>& search_path
) {
    auto files = read_migrations(directory);
    AdvisoryLock lock(connection);
    connection.exec(kBootstrap);
    auto pending = pending_migrations(files, read_applied(connection));
    for (const Migration& migration : pending) {
        apply(connection, migration, search_path);
        log::info("migration {} applied", migration.file());
    }
    return pending;
}

}  // namespace duel::platform
