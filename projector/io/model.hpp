#pragma once

#include "platform/postgres.hpp"
#include "projector/rules/version.hpp"

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

// The sets of tables that stand beside each other: one is active, a rebuild makes the next.
namespace duel::projector {

struct Model {
    std::string schema;
    std::string epoch;
    std::int32_t rules{kRulesVersion};  // that projected it
};

// The tables were projected by other rules than this program has.
struct OtherRules : std::runtime_error {
    explicit OtherRules(const Model& model);
};

// A model that lacks this column of this table is older than this program.
inline constexpr std::string_view kNewestTable = "journal";
inline constexpr std::string_view kNewestColumn = "future_limit_ms";

// Held for as long as the session lasts: a rebuild has the models alone, migrations share them.
// False where a session is in the way.
enum class Access { alone, shared };
bool lock_models(platform::Connection& connection, Access access);

// The model that is active. Throws NotMigrated where the tables are missing.
Model active_model(platform::Connection& connection);

// Makes an empty model from the migrations that make tables (their names begin with "model"),
// within the caller's transaction. The database's owner may do that.
Model create_model(
    platform::Connection& connection,
    const std::string& schema,
    const std::filesystem::path& migrations
);

// The migrations that make views over whatever model is active, to be run once more when that is
// another one.
std::string views_of_active_model(const std::filesystem::path& migrations);

void drop_model(platform::Connection& connection, const std::string& schema);

// A model for one question: gone with this object, unless it is kept.
class ScratchModel {
public:
    ScratchModel(
        std::string url,
        const std::string& schema,
        const std::filesystem::path& migrations
    );
    ~ScratchModel();
    ScratchModel(const ScratchModel&) = delete;
    ScratchModel& operator=(const ScratchModel&) = delete;

    const Model& model() const { return model_; }
    void keep() { is_kept_ = true; }

private:
    std::string url_;
    Model model_;
    bool is_kept_{false};
};

}  // namespace duel::projector
