#include "bench/histogram.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <memory>
#include <sstream>
#include <stdexcept>

namespace duel::bench {

Histogram Histogram::read(std::string_view page, const std::string& name) {
    Histogram histogram;
    std::istringstream lines{std::string{page}};
    for (std::string line; std::getline(lines, line);) {
        const std::size_t bound = line.find("le=\"");
        const std::size_t count = line.rfind(' ');
        if (!line.starts_with(name + "_bucket{") || bound == std::string::npos) continue;
        histogram.below_[std::stod(line.substr(bound + 4))] += std::stod(line.substr(count + 1));
    }
    return histogram;
}

Histogram Histogram::since(const Histogram& earlier) const {
    Histogram fresh = *this;
    for (auto& [bound, count] : fresh.below_) {
        const auto before = earlier.below_.find(bound);
        if (before != earlier.below_.end()) count -= before->second;
    }
    return fresh;
}

double Histogram::percentile(double part) const {
    const double wanted = count() * part;
    double lower = 0;
    double passed = 0;
    for (const auto& [bound, count] : below_) {
        if (count >= wanted && count > passed)
            return std::isinf(bound)
                       ? lower
                       : lower + (bound - lower) * (wanted - passed) / (count - passed);
        lower = bound;
        passed = count;
    }
    return 0;
}

std::string page_of(const std::string& url) {
    if (url.find('\'') != std::string::npos) throw std::runtime_error("no URL: " + url);
    const std::unique_ptr<FILE, int (*)(FILE*)> curl{
        popen(("curl -fsS '" + url + "'").c_str(), "r"), &pclose};
    if (!curl) throw std::runtime_error("curl cannot be run");
    std::string page;
    std::array<char, 4096> part{};
    while (const std::size_t size = fread(part.data(), 1, part.size(), curl.get()))
        page.append(part.data(), size);
    if (page.empty()) throw std::runtime_error("nothing came from " + url);
    return page;
}

}  // namespace duel::bench
