#pragma once

#include "platform/postgres.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

// The sets of tables that stand beside each other: one is active, a rebuild makes the next.
namespace duel::projector {

struct Model {
    std::string schema;
    std::string epoch;
};

// The model that is active. Throws NotMigrated where the tables are missing.
Model active_model(platform::Connection& connection);

// Makes an empty model from the migrations that make tables (their names begin with "model"),
// within the caller's transaction. The database's owner may do that.
Model create_model(
    platform::Connection& connection,
    const std::string& schema,
    const std::filesystem::path& migrations
);

// Turns the analysts' views to it, by running those migrations again that follow the active model,
// within the caller's transaction.
void activate_model(
    platform::Connection& connection,
    const Model& model,
    const std::filesystem::path& migrations
);

void drop_model(platform::Connection& connection, const std::string& schema);

// A model under construction, or none.
std::vector<Model> unfinished_models(platform::Connection& connection);

}  // namespace duel::projector
