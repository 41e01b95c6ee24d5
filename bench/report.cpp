#include "bench/report.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fstream>
#include <stdexcept>

namespace duel::bench {
namespace {

// Three digits that count, thousands apart.
std::string shown(double value) {
    if (std::abs(value) < 100) return fmt::format("{:.3g}", value);
    auto text = fmt::format("{:.0f}", value);
    for (auto at = static_cast<long>(text.size()) - 3; at > (value < 0 ? 1 : 0); at -= 3) {
        text.insert(static_cast<std::size_t>(at), 1, ',');
    }
    return text;
}

}  // namespace

void Report::add(std::string name, double value, std::string unit) {
    figures_.push_back({std::move(name), value, std::move(unit)});
}

void Report::note(std::string name, std::string text) {
    notes_.emplace_back(std::move(name), std::move(text));
}

std::string Report::table() const {
    std::size_t width = 0;
    for (const auto& figure : figures_)
        width = std::max(width, figure.name.size());
    for (const auto& [name, text] : notes_)
        width = std::max(width, name.size());
    std::string out = title_ + "\n";
    for (const auto& [name, text] : notes_)
        out += fmt::format("  {:<{}}  {}\n", name, width, text);
    for (const auto& figure : figures_) {
        out += fmt::format(
            "  {:<{}}  {:>12} {}\n", figure.name, width, shown(figure.value), figure.unit
        );
    }
    return out;
}

std::string Report::json() const {
    nlohmann::ordered_json json;
    json["title"] = title_;
    for (const auto& [name, text] : notes_)
        json["settings"][name] = text;
    for (const auto& figure : figures_) {
        json["figures"].push_back(
            {{"name", figure.name}, {"value", figure.value}, {"unit", figure.unit}}
        );
    }
    return json.dump();
}

void Report::publish(const std::string& json_file) const {
    fmt::print("{}\n", table());
    std::fflush(stdout);
    if (json_file.empty()) return;
    std::ofstream file{json_file, std::ios::app};
    file << json() << '\n';
    if (!file) throw std::runtime_error("could not write " + json_file);
}

double percentile(std::vector<double>& samples, double part) {
    if (samples.empty()) return 0;
    std::sort(samples.begin(), samples.end());
    const auto at = static_cast<std::size_t>(part * static_cast<double>(samples.size()));
    return samples[std::min(at, samples.size() - 1)];
}

}  // namespace duel::bench
