#pragma once

// What processes of this machine have used, from /proc.

#include <string>
#include <sys/types.h>
#include <vector>

namespace duel::bench {

// CPU seconds (user and system) of a process and of all below it, those that ended and were waited
// for included. 0 where there is no such process.
double cpu_seconds(pid_t process);

// CPU seconds of the calling thread.
double thread_cpu_seconds();

// What the process holds in memory now (VmRSS), in 10^6 bytes. 0 where there is no such process.
double resident_megabytes(pid_t process);

// Stops a process with SIGSTOP for as long as the object lives. Throws where that is not allowed.
class Frozen {
public:
    explicit Frozen(pid_t process);
    ~Frozen();
    Frozen(const Frozen&) = delete;
    Frozen& operator=(const Frozen&) = delete;
    // Lets it go on before the end of the object.
    void thaw();

private:
    pid_t process_;
};

// A program of the stack and what it has used since this object was made.
class Meter {
public:
    Meter(std::string name, pid_t process)
        : name_(std::move(name)), process_(process), before_(cpu_seconds(process)) {}
    const std::string& name() const { return name_; }
    double used() const { return cpu_seconds(process_) - before_; }
    // 10^6 bytes that it holds now.
    double resident() const { return resident_megabytes(process_); }

private:
    std::string name_;
    pid_t process_;
    double before_;
};

}  // namespace duel::bench
