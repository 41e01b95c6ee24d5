#pragma once

// The file of --config, taken apart into texts.

#include <string>
#include <vector>

namespace duel::platform {

// One `key = value`; a list has several values, anything else one.
struct FileSetting {
    std::string command;  // the table it stands in; empty at the top
    std::string key;
    std::vector<std::string> values;
    unsigned line = 0;
};

// Throws SettingError where the file cannot be read or is no TOML of texts, numbers, switches and
// lists.
std::vector<FileSetting> read_settings_file(const std::string& path);

}  // namespace duel::platform
