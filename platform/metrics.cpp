#include "platform/metrics.hpp"

#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <prometheus/text_serializer.h>
#include <unistd.h>

namespace duel::platform {

namespace {

double seconds_now() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::string gauge_line(const std::string& name, const std::string& help, double value) {
    return "# HELP " + name + " " + help + "\n# TYPE " + name + " gauge\n" + name + " " +
           std::to_string(value) + "\n";
}

// What node_exporter's conventions call process_*, read when asked.
std::string process_text() {
    timespec cpu{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    double cpu_seconds = static_cast<double>(cpu.tv_sec) + static_cast<double>(cpu.tv_nsec) * 1e-9;

    std::ifstream statm("/proc/self/statm");
    double pages = 0;
    double resident_pages = 0;
    statm >> pages >> resident_pages;
    double resident = resident_pages * static_cast<double>(sysconf(_SC_PAGESIZE));

    double descriptors = 0;
    std::error_code ignored;
    for (std::filesystem::directory_iterator it("/proc/self/fd", ignored), end; it != end;
         it.increment(ignored)) {
        ++descriptors;
    }
    const std::string cpu_name = "process_cpu_seconds_total";
    return "# HELP " + cpu_name + " Processor time spent, user and system.\n# TYPE " + cpu_name +
           " counter\n" + cpu_name + " " + std::to_string(cpu_seconds) + "\n" +
           gauge_line("process_resident_memory_bytes", "Memory in use.", resident) +
           gauge_line("process_open_fds", "Open file descriptors.", descriptors);
}

}  // namespace

Metrics::Metrics(const std::string& program)
    : registry_(prometheus::Registry::InsertBehavior::Merge) {
    gauge("duel_build_info", "Always 1; the labels say what runs.", {{"program", program}}).Set(1);
    gauge("process_start_time_seconds", "When the process started, since 1970.").Set(seconds_now());
}

prometheus::Counter&
Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry_).Add(labels);
}

prometheus::Gauge&
Metrics::gauge(const std::string& name, const std::string& help, const Labels& labels) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry_).Add(labels);
}

prometheus::Histogram& Metrics::histogram(
    const std::string& name,
    const std::string& help,
    const std::vector<double>& buckets,
    const Labels& labels
) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry_).Add(
        labels, buckets
    );
}

std::string Metrics::text() const {
    return prometheus::TextSerializer().Serialize(registry_.Collect()) + process_text();
}

std::vector<double> Metrics::latency_buckets() {
    return {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
}

}  // namespace duel::platform
