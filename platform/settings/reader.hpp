#pragma once

// Finds the value of every setting in flags, environment and file, in that order.

#include "platform/settings.hpp"
#include "platform/settings/file.hpp"

#include <CLI/CLI.hpp>
#include <deque>

namespace duel::platform {

class SettingsReader {
public:
    explicit SettingsReader(Settings& settings);

    std::optional<std::string>
    read(std::vector<std::string> arguments, const Settings::Environment& environment);

private:
    // A setting and what the command line said of it.
    struct Place {
        SettingTable* table;
        SettingEntry* entry;
        CLI::Option* option;
    };

    void offer(CLI::App& app, SettingTable& table);
    void choose_command();
    const FileSetting* in_file(const Place& place) const;
    void check_file() const;
    void fill(const Place& place, const Settings::Environment& environment);
    void assign(
        const SettingEntry& entry,
        const std::vector<std::string>& values,
        const std::string& origin
    ) const;

    Settings& settings_;
    CLI::App app_;
    std::vector<std::pair<CLI::App*, SettingTable*>> commands_;
    std::vector<Place> places_;
    std::deque<std::vector<std::string>> given_;
    std::vector<FileSetting> file_;
    CLI::Option* help_ = nullptr;
    CLI::Option* version_ = nullptr;
};

}  // namespace duel::platform
