#pragma once

// The settings of a program, in one table.
//
// Each has a flag, an environment variable, a place in the file of --config (TOML, keyed by the
// flag without dashes; a command's own settings in a table of its name), a unit and a default.
// Flag over environment over file over default. A value that is not allowed ends the program with
// status 2 and one line: name, value, where it came from, what is allowed. An unknown key in the
// file or an unknown flag is refused the same way. Secrets are never printed.
//
//     Settings settings{"duel-projector", "Turns the log into portfolios and leaderboards."};
//     settings.add("--batch", "DUEL_BATCH", batch, "records", "most records of a transaction",
//                  between(1, 100'000));
//     auto& run = settings.command("run", "Projects until it is stopped.");
//     run.add("--postgres", "DUEL_PROJECTOR_POSTGRES", url, "URL", "the read model").required();
//     settings.parse(argc, argv);
//     if (run.chosen()) …
//
// The variables must outlive parse(). Settings of the program itself may also stand after a
// command.

#include "platform/settings/value.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace duel::platform {

// A wrong setting; what() is the whole line that parse() prints.
struct SettingError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// One row of the table.
struct SettingEntry {
    std::string flag;  // "--metrics-port", or "PATH" for an argument without a flag
    std::string env;   // empty: flag and file only
    std::string unit;
    std::string what;
    bool is_required = false;
    bool is_switch = false;    // a bool: may stand without a value
    bool is_list = false;      // may be given several times
    bool is_argument = false;  // by position
    bool is_secret = false;

    std::function<std::string()> text;  // the value as a person would write it
    // Takes one value, or all of a list; the answer is what is allowed, or nothing where it was
    // taken.
    std::function<std::optional<std::string>(const std::vector<std::string>&)> assign;

    SettingEntry& required() {
        is_required = true;
        return *this;
    }
};

// The settings of one command, or of the program itself.
class SettingTable {
public:
    SettingTable(std::string name, std::string purpose);
    ~SettingTable();

    // Whose value is read as T allows: whole numbers, double, bool, std::string, Secret, ByteSize,
    // std::chrono durations, std::vector and std::optional of those. What stands in `value` is the
    // default.
    template <class T>
    SettingEntry&
    add(std::string flag, std::string env, T& value, std::string unit, std::string what) {
        return add_checked(
            std::move(flag), std::move(env), value, std::move(unit), std::move(what), Range<T>{}
        );
    }

    // The same with limits: between(1, 65'535), at_least(1s).
    template <class T, class Limit>
    SettingEntry& add(
        std::string flag,
        std::string env,
        T& value,
        std::string unit,
        std::string what,
        Range<Limit> allowed
    ) {
        return add_checked(
            std::move(flag),
            std::move(env),
            value,
            std::move(unit),
            std::move(what),
            range_cast<T>(allowed)
        );
    }

    // One of a few words.
    template <class E>
    SettingEntry& add_choice(
        std::string flag,
        std::string env,
        E& value,
        std::string what,
        std::vector<std::pair<std::string, E>> words
    );

    // Arguments without a flag, such as PATH…; a vector takes any number of them.
    template <class T>
    SettingEntry& add_argument(std::string name, T& value, std::string what);

    // Was this command given? Always true of the program itself once parsed.
    bool chosen() const { return chosen_; }
    const std::string& name() const { return name_; }

private:
    friend class Settings;
    friend class SettingsReader;

    template <class T>
    SettingEntry& add_checked(
        std::string flag,
        std::string env,
        T& value,
        std::string unit,
        std::string what,
        Range<T> allowed
    );
    SettingEntry& keep(SettingEntry entry);

    std::string name_;
    std::string purpose_;
    std::vector<std::unique_ptr<SettingEntry>> entries_;
    bool chosen_ = false;
};

class Settings : public SettingTable {
public:
    using Environment = std::function<std::optional<std::string>(const std::string& name)>;

    Settings(std::string program, std::string purpose);

    // A command of the program. Where there is any, one must be given.
    SettingTable& command(const std::string& name, const std::string& purpose);

    // What to do when every setting has its value, such as to check what must hold between several:
    // `rule` throws SettingError.
    void then(std::function<void()> rule) { rules_.push_back(std::move(rule)); }

    // For main. Ends the process: 0 after --help and --version, 2 after a wrong setting.
    void parse(int argc, const char* const* argv);

    // The same as a value, for tests: throws SettingError; returns the text of --help or --version
    // where that was asked for.
    std::optional<std::string>
    read(const std::vector<std::string>& arguments, const Environment& environment);

    // The table that --help prints: every setting of the program, or of one command.
    std::string help(const SettingTable* only = nullptr) const;

    // "name=value" of everything, secrets as set or not set: for the first line of a log.
    std::string summary() const;

private:
    friend class SettingsReader;
    std::vector<std::unique_ptr<SettingTable>> commands_;
    std::vector<std::function<void()>> rules_;
    std::string config_path_;
};

}  // namespace duel::platform

#include "platform/settings/table.ipp"
