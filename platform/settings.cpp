#include "platform/settings.hpp"

#include <cstdio>
#include <cstdlib>

namespace duel::platform {

namespace {

constexpr int kWrongSettings = 2;

std::optional<std::string> process_environment(const std::string& name) {
    const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): before threads
    return value ? std::optional<std::string>(value) : std::nullopt;
}

}  // namespace

SettingTable::SettingTable(std::string name, std::string purpose)
    : name_(std::move(name)), purpose_(std::move(purpose)) {}

SettingTable::~SettingTable() = default;

SettingEntry& SettingTable::keep(SettingEntry entry) {
    entries_.push_back(std::make_unique<SettingEntry>(std::move(entry)));
    return *entries_.back();
}

Settings::Settings(std::string program, std::string purpose)
    : SettingTable(std::move(program), std::move(purpose)) {
    add("--config", "", config_path_, "file", "settings as TOML: flag = value, without dashes");
}

SettingTable& Settings::command(const std::string& name, const std::string& purpose) {
    commands_.push_back(std::make_unique<SettingTable>(name, purpose));
    return *commands_.back();
}

void Settings::parse(int argc, const char* const* argv) {
    try {
        auto text = read(std::vector<std::string>(argv + 1, argv + argc), &process_environment);
        if (!text) return;
        std::fputs(text->c_str(), stdout);
        std::exit(EXIT_SUCCESS);  // NOLINT(concurrency-mt-unsafe): before threads
    } catch (const SettingError& error) {
        std::fprintf(stderr, "%s: %s\n", name().c_str(), error.what());
        std::exit(kWrongSettings);  // NOLINT(concurrency-mt-unsafe): before threads
    }
}

}  // namespace duel::platform
