#include "platform/settings/file.hpp"

#include "platform/settings.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <toml++/toml.h>

namespace duel::platform {

namespace {

std::string place(const std::string& path, const toml::node& node) {
    return path + ":" + std::to_string(node.source().begin.line);
}

std::string value_text(const std::string& path, const std::string& key, const toml::node& node) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* number = node.as_integer()) return std::to_string(number->get());
    if (const auto* real = node.as_floating_point()) return setting_text::real_text(real->get());
    if (const auto* boolean = node.as_boolean()) return boolean->get() ? "on" : "off";
    throw SettingError(
        place(path, node) + ": " + key + " is no text, number, switch or list of them"
    );
}

void read_table(
    const std::string& path,
    const std::string& command,
    const toml::table& table,
    std::vector<FileSetting>& out
) {
    for (const auto& [name, node] : table) {
        std::string key(name.str());
        if (const toml::table* inner = node.as_table(); inner && command.empty()) {
            read_table(path, key, *inner, out);
            continue;
        }
        FileSetting setting{
            .command = command, .key = key, .values = {}, .line = node.source().begin.line};
        if (const toml::array* list = node.as_array()) {
            for (const toml::node& item : *list) {
                setting.values.push_back(value_text(path, key, item));
            }
        } else {
            setting.values.push_back(value_text(path, key, node));
        }
        out.push_back(std::move(setting));
    }
}

std::string read_text(const std::string& path) {
    auto fail = [&](int reason) {
        throw SettingError("--config: " + path + ": " + std::generic_category().message(reason));
    };
    if (std::filesystem::is_directory(path)) fail(EISDIR);
    std::ifstream file(path);
    if (!file.is_open()) fail(errno);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

std::vector<FileSetting> read_settings_file(const std::string& path) {
    std::string text = read_text(path);
    try {
        std::vector<FileSetting> settings;
        read_table(path, "", toml::parse(text, path), settings);
        return settings;
    } catch (const toml::parse_error& error) {
        throw SettingError(
            path + ":" + std::to_string(error.source().begin.line) + ": " +
            std::string(error.description())
        );
    }
}

}  // namespace duel::platform
