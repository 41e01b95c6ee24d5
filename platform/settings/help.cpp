// What --help prints.

#include "platform/settings.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace duel::platform {

namespace {

std::string default_text(const SettingEntry& entry) {
    if (entry.is_required) return "required";
    std::string text = entry.text();
    if (entry.is_secret) return text.empty() || text == "not set" ? "not set" : "set";
    return text.empty() ? "-" : text;
}

void append_table(std::string& out, const std::vector<std::unique_ptr<SettingEntry>>& entries) {
    std::size_t flag_width = 4;
    std::size_t default_width = 7;
    std::size_t unit_width = 4;
    for (const auto& entry : entries) {
        if (entry->is_argument) continue;
        flag_width = std::max(flag_width, entry->flag.size());
        default_width = std::max(default_width, default_text(*entry).size());
        unit_width = std::max(unit_width, entry->unit.size());
    }
    unit_width = std::min<std::size_t>(unit_width, 24);
    default_width = std::min<std::size_t>(default_width, 24);
    auto line = [&](std::string_view flag,
                    std::string_view value,
                    std::string_view unit,
                    std::string_view env) {
        std::string text = fmt::format(
            "  {:<{}}  {:<{}}  {:<{}}  {}",
            flag,
            flag_width,
            value,
            default_width,
            unit,
            unit_width,
            env
        );
        text.erase(text.find_last_not_of(' ') + 1);
        out += text + "\n";
    };
    line("flag", "default", "unit", "environment");
    for (const auto& entry : entries) {
        if (entry->is_argument) continue;
        line(
            entry->flag, default_text(*entry), entry->is_switch ? "switch" : entry->unit, entry->env
        );
        out += "      " + entry->what + "\n";
    }
}

void append_arguments(
    std::string& usage,
    std::string& lines,
    const std::vector<std::unique_ptr<SettingEntry>>& entries
) {
    for (const auto& entry : entries) {
        if (!entry->is_argument) continue;
        std::string name = entry->flag + (entry->is_list ? "…" : "");
        usage += entry->is_required ? " " + name : " [" + name + "]";
        lines += fmt::format("  {:<10}  {}\n", name, entry->what);
    }
}

}  // namespace

std::string Settings::help(const SettingTable* only) const {
    bool is_command = only && only != this;
    std::string usage = name();
    if (is_command) usage += " " + only->name();
    if (!is_command && !commands_.empty()) usage += " COMMAND";
    std::string arguments;
    append_arguments(usage, arguments, is_command ? only->entries_ : entries_);

    std::string out =
        (is_command ? only->purpose_ : purpose_) + "\n\nusage: " + usage + " [settings]\n";
    if (!arguments.empty()) out += "\narguments\n" + arguments;
    if (!is_command && !commands_.empty()) {
        out += "\ncommands (each has a --help of its own)\n";
        for (const auto& command : commands_) {
            out += fmt::format("  {:<10}  {}\n", command->name(), command->purpose_);
        }
    }
    if (is_command && !only->entries_.empty()) {
        out += "\nsettings of " + only->name() + "\n";
        append_table(out, only->entries_);
    }
    out += std::string("\nsettings") + (commands_.empty() ? "" : " of every command") +
           " (flag over environment over file over default)\n";
    append_table(out, entries_);
    return out;
}

std::string Settings::summary() const {
    std::string out;
    auto append = [&](const SettingTable& table) {
        for (const auto& entry : table.entries_) {
            std::string text = entry->text();
            if (entry->is_secret) text = text.empty() || text == "not set" ? "not set" : "set";
            auto name = entry->flag.find_first_not_of('-');
            out += (out.empty() ? "" : " ") + entry->flag.substr(name) + "=" + text;
        }
    };
    append(*this);
    for (const auto& command : commands_) {
        if (command->chosen()) append(*command);
    }
    return out;
}

}  // namespace duel::platform
