#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

// The files of tests/golden: records with what they are to every reader, in any language.
//
// A file has `topic`, and lists `accepted` (`name`, `record`, `encoded`: how it is written again)
// and `refused` (`name`, `record`, `code`, `field`). A record that is no UTF-8 stands as
// `record_hex`.
namespace golden {

inline nlohmann::json load(const std::string& name) {
    std::ifstream file{std::string{DUEL_GOLDEN} + "/" + name + ".json"};
    return nlohmann::json::parse(file);
}

// The files for events, by name without ".json".
inline std::vector<std::string> event_files() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{DUEL_GOLDEN}) {
        const auto name = entry.path().stem().string();
        if (entry.path().extension() == ".json" && load(name).contains("topic"))
            names.push_back(name);
    }
    return names;
}

inline std::string record(const nlohmann::json& entry) {
    if (entry.contains("record")) return entry.at("record").get<std::string>();
    const auto hex = entry.at("record_hex").get<std::string>();
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    return bytes;
}

}  // namespace golden
