#include "platform/settings/reader.hpp"

#include "platform/version.hpp"

#include <algorithm>

namespace duel::platform {

namespace {

std::string file_key(const SettingEntry& entry) {
    return entry.flag.substr(entry.flag.find_first_not_of('-'));
}

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> parts;
    std::size_t at = 0;
    while (at <= text.size()) {
        auto comma = std::min(text.find(',', at), text.size());
        if (comma > at) parts.push_back(text.substr(at, comma - at));
        at = comma + 1;
    }
    return parts;
}

}  // namespace

SettingsReader::SettingsReader(Settings& settings)
    : settings_(settings), app_(settings.purpose_, settings.name()) {
    app_.set_help_flag();
    app_.fallthrough();
    help_ = app_.add_flag("-h,--help");
    version_ = app_.add_flag("--version");
    offer(app_, settings);
    for (const auto& command : settings.commands_) {
        CLI::App* sub = app_.add_subcommand(command->name(), command->purpose_);
        commands_.emplace_back(sub, command.get());
        offer(*sub, *command);
    }
    app_.require_subcommand(0, 1);
}

void SettingsReader::offer(CLI::App& app, SettingTable& table) {
    for (const auto& entry : table.entries_) {
        CLI::Option* option = nullptr;
        if (entry->is_switch) {
            option = app.add_flag(entry->flag);
        } else {
            option = app.add_option(entry->flag, given_.emplace_back());
            if (!entry->is_argument || !entry->is_list) option->allow_extra_args(false);
            if (entry->is_argument && !entry->is_list) option->expected(1);
        }
        places_.push_back({&table, entry.get(), option});
    }
}

std::optional<std::string>
SettingsReader::read(std::vector<std::string> arguments, const Settings::Environment& environment) {
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
    try {
        app_.parse(std::move(arguments));
    } catch (const CLI::ExtrasError&) {
        std::string names;
        for (const std::string& name : app_.remaining(true))
            names += " " + name;
        throw SettingError("unknown argument" + names + "; --help lists what there is");
    } catch (const CLI::ParseError& error) {
        throw SettingError(std::string(error.what()));
    }
    for (const auto& [sub, table] : commands_)
        table->chosen_ = sub->parsed();
    settings_.chosen_ = true;
    if (help_->count() > 0) {
        for (const auto& [sub, table] : commands_) {
            if (table->chosen_) return settings_.help(table);
        }
        return settings_.help();
    }
    if (version_->count() > 0) return settings_.name() + " " + kVersion + "\n";
    choose_command();

    // --config itself comes from flag or environment only.
    for (const Place& place : places_) {
        if (place.entry->flag == "--config") fill(place, environment);
    }
    if (!settings_.config_path_.empty()) {
        file_ = read_settings_file(settings_.config_path_);
        check_file();
    }
    for (const Place& place : places_) {
        if (place.table->chosen_) fill(place, environment);
    }
    for (const auto& rule : settings_.rules_)
        rule();
    return std::nullopt;
}

void SettingsReader::choose_command() {
    if (commands_.empty()) return;
    std::string names;
    for (const auto& [sub, table] : commands_) {
        if (table->chosen_) return;
        names += (names.empty() ? "" : ", ") + table->name();
    }
    throw SettingError("a command is missing; wanted one of " + names);
}

const FileSetting* SettingsReader::in_file(const Place& place) const {
    std::string command = place.table == &settings_ ? "" : place.table->name();
    auto found = std::find_if(file_.begin(), file_.end(), [&](const FileSetting& setting) {
        return setting.command == command && setting.key == file_key(*place.entry);
    });
    return found == file_.end() ? nullptr : &*found;
}

void SettingsReader::check_file() const {
    for (const FileSetting& setting : file_) {
        bool is_known = std::any_of(places_.begin(), places_.end(), [&](const Place& place) {
            const std::string command = place.table == &settings_ ? "" : place.table->name();
            return setting.command == command && setting.key == file_key(*place.entry) &&
                   !place.entry->is_argument && setting.key != "config";
        });
        if (is_known) continue;
        throw SettingError(
            settings_.config_path_ + ":" + std::to_string(setting.line) + ": unknown setting " +
            (setting.command.empty() ? "" : setting.command + ".") + setting.key +
            "; --help lists what there is"
        );
    }
}

void SettingsReader::fill(const Place& place, const Settings::Environment& environment) {
    const SettingEntry& entry = *place.entry;
    if (place.option->count() > 0) {
        std::vector<std::string> values = place.option->results();
        if (entry.is_list && !entry.is_argument) {
            std::vector<std::string> parts;
            for (const std::string& value : values) {
                for (std::string& part : split(value))
                    parts.push_back(std::move(part));
            }
            values = std::move(parts);
        }
        assign(entry, values, "the command line");
        return;
    }
    auto from_environment = entry.env.empty() ? std::nullopt : environment(entry.env);
    if (from_environment && !from_environment->empty()) {
        assign(
            entry,
            entry.is_list ? split(*from_environment) : std::vector{*from_environment},
            "the environment's " + entry.env
        );
        return;
    }
    if (const FileSetting* setting = in_file(place)) {
        std::string origin = settings_.config_path_ + ":" + std::to_string(setting->line);
        if (!entry.is_list && setting->values.size() != 1) {
            throw SettingError(origin + ": " + setting->key + " takes one value, not a list");
        }
        assign(entry, setting->values, origin);
        return;
    }
    if (entry.is_required) {
        throw SettingError(
            entry.flag + (entry.env.empty() ? "" : " (" + entry.env + ")") +
            " is required: " + entry.what + (entry.unit.empty() ? "" : " (" + entry.unit + ")")
        );
    }
}

void SettingsReader::assign(
    const SettingEntry& entry,
    const std::vector<std::string>& values,
    const std::string& origin
) const {
    auto allowed = entry.assign(values);
    if (!allowed) return;
    std::string given;
    for (const std::string& value : values)
        given += (given.empty() ? "" : ",") + value;
    throw SettingError(
        entry.flag + ": " + (entry.is_secret ? "the value" : "\"" + given + "\"") + " from " +
        origin + " is not allowed; wanted " + *allowed
    );
}

std::optional<std::string>
Settings::read(const std::vector<std::string>& arguments, const Environment& environment) {
    return SettingsReader(*this).read(arguments, environment);
}

}  // namespace duel::platform
