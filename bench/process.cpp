#include "bench/process.hpp"

#include <charconv>
#include <csignal>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <unistd.h>

namespace duel::bench {
namespace {

struct Stat {
    pid_t parent = 0;
    double own = 0;    // seconds
    double ended = 0;  // of children that were waited for
};

// proc(5): the name stands in parentheses and may hold anything, so fields are counted after it.
bool read_stat(pid_t process, Stat& stat) {
    std::ifstream file{fmt::format("/proc/{}/stat", process)};
    std::string line;
    if (!std::getline(file, line) || line.rfind(')') == std::string::npos) return false;
    std::istringstream fields{line.substr(line.rfind(')') + 2)};
    std::string skipped;
    long user = 0;
    long system = 0;
    long ended_user = 0;
    long ended_system = 0;
    fields >> skipped >> stat.parent;
    for (int field = 5; field <= 13; ++field)
        fields >> skipped;
    fields >> user >> system >> ended_user >> ended_system;
    const auto tick = static_cast<double>(sysconf(_SC_CLK_TCK));
    stat.own = static_cast<double>(user + system) / tick;
    stat.ended = static_cast<double>(ended_user + ended_system) / tick;
    return static_cast<bool>(fields);
}

double tree_seconds(const std::map<pid_t, Stat>& all, pid_t root) {
    const auto it = all.find(root);
    if (it == all.end()) return 0;
    double sum = it->second.own + it->second.ended;
    for (const auto& [process, stat] : all) {
        if (stat.parent == root) sum += tree_seconds(all, process);
    }
    return sum;
}

void send(pid_t process, int signal) {
    if (kill(process, signal) != 0) {
        throw std::system_error(
            errno, std::generic_category(), fmt::format("signal {} to process {}", signal, process)
        );
    }
}

}  // namespace

double thread_cpu_seconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

double cpu_seconds(pid_t process) {
    std::map<pid_t, Stat> all;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        const auto name = entry.path().filename().string();
        pid_t number = 0;
        const auto [stop, failure] =
            std::from_chars(name.data(), name.data() + name.size(), number);
        Stat stat;
        if (failure == std::errc{} && read_stat(number, stat)) all[number] = stat;
    }
    return tree_seconds(all, process);
}

double resident_megabytes(pid_t process) {
    std::ifstream file{fmt::format("/proc/{}/status", process)};
    for (std::string word; file >> word;) {
        double kilobytes = 0;
        if (word == "VmRSS:" && file >> kilobytes) return kilobytes * 1024 / 1e6;
    }
    return 0;
}

Frozen::Frozen(pid_t process) : process_(process) {
    send(process, SIGSTOP);
}

Frozen::~Frozen() {
    if (process_ != 0) kill(process_, SIGCONT);
}

void Frozen::thaw() {
    if (process_ != 0) send(process_, SIGCONT);
    process_ = 0;
}

}  // namespace duel::bench
