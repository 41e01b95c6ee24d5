#include "platform/log.hpp"
#include "projector/io/comparison.hpp"
#include "projector/io/replay_commands.hpp"
#include "projector/io/replay_setup.hpp"

#include <chrono>

namespace duel::projector {
namespace {

using namespace std::chrono_literals;
using platform::Connection;
using platform::Params;
namespace log = platform::log;

constexpr std::int64_t kFewRecords = 20'000;  // can be caught up with while the projector waits
constexpr int kMostRounds = 50;
constexpr std::size_t kMostPrinted = 100;  // differences
constexpr auto kTryAgainAfter = 200ms;

// What earlier rebuilds have begun with other rules or older tables, nobody can go on with.
void drop_unusable(Connection& owner) {
    const auto begun = owner.exec(
        "select schema_name from duel_control.models"
        " where version > (select version from duel_control.models where active)"
        " and (rules <> $1 or not exists (select from pg_attribute where attrelid ="
        " to_regclass(schema_name || '.' || $2) and attname = $3))",
        Params{}.add(kRulesVersion).add(kNewestTable).add(kNewestColumn)
    );
    for (const auto row : begun)
        drop_model(owner, row.get<std::string>(0));
}

// The model that an earlier rebuild has begun, or a new one.
Model next_model(Connection& owner, const std::string& migrations) {
    drop_unusable(owner);
    const auto begun = owner.exec(
        "select schema_name, epoch from duel_control.models"
        " where version > (select version from duel_control.models where active)"
        " order by version desc limit 1",
        Params{}
    );
    if (!begun.empty()) {
        log::info("goes on with {}", begun.one().get<std::string>(0));
        return {begun.one().get<std::string>(0), begun.one().get<std::string>(1)};
    }
    platform::Transaction transaction{owner};
    const auto version = owner.exec("select max(version) + 1 from duel_control.models", Params{})
                             .one()
                             .get<std::int32_t>(0);
    Model model = create_model(owner, fmt::format("model_{}", version), migrations);
    owner.exec(
        "insert into duel_control.models (version, schema_name, epoch, rules, active)"
        " values ($1, $2, $3, $4, false)",
        Params{}.add(version).add(model.schema).add(model.epoch).add(model.rules)
    );
    transaction.commit();
    return model;
}

class Rebuild {
public:
    Rebuild(
        const CommonSettings& common,
        const RebuildSettings& settings,
        const platform::Shutdown& shutdown
    )
        : settings_{settings},
          shutdown_{shutdown},
          owner_{connect_owner(settings)},
          active_{active_model(owner_)} {
        if (!lock_models(owner_, Access::alone))
            throw std::runtime_error("another rebuild, or a migration, is at work");
        views_ = views_of_active_model(settings.migrations);
        second_ = std::make_unique<SecondModel>(
            second_settings(common, settings), next_model(owner_, settings.migrations)
        );
    }

    int run() {
        std::size_t differences = 0;
        if (settings_.from_empty) return take_over();
        if (!catch_up(&differences)) return interrupted();
        if (settings_.dry_run) {
            const std::string schema = second_->model().schema;
            second_.reset();
            drop_model(owner_, schema);
            return differences == 0 ? kAgrees : kDiffers;
        }
        owner_.exec(analyze(second_->model().schema));
        for (int round = 0; records_ > kFewRecords && round < kMostRounds; ++round) {
            if (!catch_up(nullptr)) return interrupted();
        }
        return take_over();
    }

private:
    int take_over() {
        while (!switch_over()) {
            if (shutdown_.wait_for(kTryAgainAfter)) return interrupted();
        }
        if (!settings_.keep_old) drop_old();
        return 0;
    }

    // Projects up to where the active model is now; compares there where that is asked for.
    bool catch_up(std::size_t* differences) {
        LiveSnapshot live{settings_};
        second_->take_homes(live.connection, active_);
        const std::int64_t before = seq_;
        if (!second_->project(live.moments, shutdown_)) return false;
        seq_ = 0;
        for (const Moment& moment : live.moments)
            seq_ += moment.end.seq;
        records_ = seq_ - before;
        if (differences != nullptr) *differences = compare(live);
        return true;
    }

    std::size_t compare(LiveSnapshot& live) {
        std::size_t differences = 0;
        std::int64_t rows = 0;
        Connection there = connect_to_model(settings_.postgres.value, second_->model().schema);
        for (const Moment& moment : live.moments) {
            rows += compare_shard(
                {live.connection, active_.schema},
                {there, second_->model().schema},
                moment.shard,
                [&](const Difference& difference) {
                    if (++differences <= kMostPrinted) print(moment.shard, difference);
                }
            );
        }
        fmt::print(
            "{} records give {} rows, of which {} differ from the present ones\n",
            seq_,
            rows,
            differences
        );
        return differences;
    }

    // The short part: the projector waits with its next commits, the last records are projected,
    // and the views turn. False where a query held a view for too long: nothing has changed then.
    bool switch_over() {
        try {
            platform::Transaction transaction{owner_};
            owner_.exec(
                "set local lock_timeout = '5s'; select 1 from " +
                owner_.quote_name(active_.schema) + ".shards order by shard for update"
            );
            if (!settings_.from_empty) {
                const std::vector<Moment> moments = read_moments(owner_, active_);
                second_->take_homes(owner_, active_);
                if (!second_->project(moments, shutdown_)) return false;
                second_->take_journal(owner_, active_);
            }
            owner_.exec("set local lock_timeout = '40ms'");
            const auto began = std::chrono::steady_clock::now();
            owner_.exec("update duel_control.models set active = false where active");
            owner_.exec(
                "update duel_control.models set active = true where schema_name = $1",
                Params{}.add(second_->model().schema)
            );
            owner_.exec(views_);
            // Every owner of the old tables finds out with its next commit and takes the new ones.
            owner_.exec(
                "update " + owner_.quote_name(active_.schema) + ".shards set fence = fence + 1"
            );
            transaction.commit();
            fmt::print(
                "{} is active, epoch {}; the views turned in {} ms\n",
                second_->model().schema,
                second_->model().epoch,
                std::chrono::duration_cast<std::chrono::milliseconds>(
                    std::chrono::steady_clock::now() - began
                )
                    .count()
            );
            return true;
        } catch (const platform::SqlError& error) {
            if (!error.is_transient()) throw;
            log::info("a query is reading, will try again: {}", error.message);
            return false;
        }
    }

    void drop_old() {
        try {
            owner_.exec("set lock_timeout = '5s'");
            drop_model(owner_, active_.schema);
        } catch (const platform::SqlError& error) {
            log::warn(
                "{} is still being read and stays; drop it later: {}", active_.schema, error.message
            );
        }
    }

    static std::string analyze(const std::string& schema) {
        return fmt::format(
            "do $$ declare name text; begin for name in select format('%I.%I', schemaname, "
            "tablename)"
            " from pg_tables where schemaname = '{}' loop execute 'analyze ' || name; end loop; "
            "end $$",
            schema
        );
    }

    int interrupted() const {
        fmt::print("stopped; the next rebuild goes on with {}\n", second_->model().schema);
        return kInterrupted;
    }

    const RebuildSettings& settings_;
    const platform::Shutdown& shutdown_;
    Connection owner_;
    Model active_;
    std::string views_;  // the SQL that turns them
    std::unique_ptr<SecondModel> second_;
    std::int64_t seq_{0};      // of all shards together
    std::int64_t records_{0};  // of the last round
};

}  // namespace

int run_rebuild(
    const CommonSettings& common,
    const RebuildSettings& settings,
    const platform::Shutdown& shutdown
) {
    return Rebuild{common, settings, shutdown}.run();
}

}  // namespace duel::projector
