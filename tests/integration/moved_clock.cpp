// Preloaded into a program, moves its wall clock by as many seconds as the file DUEL_MOVED_CLOCK
// says: a number of eight bytes, which may change at any time. The monotonic clock stays true.
//
// libfaketime does that too, but hangs in programs that have jemalloc: it allocates at the first
// look at the clock, jemalloc looks at the clock when it first allocates. Nothing here allocates.
// And a wait for a point in wall time is answered as Linux does when the clock is set: by the new
// time, also where the wait had begun before.

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <threads.h>
#include <unistd.h>

namespace {

constexpr std::int64_t kBillion = 1'000'000'000;
// At the clock, while waiting; the caller sees a spurious wake-up.
constexpr std::int64_t kLookEvery = kBillion;

using Shift = std::atomic<std::int64_t>;
std::atomic<const Shift*> shift{nullptr};

__attribute__((constructor)) void open_shift() {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): no thread yet
    const char* path = std::getenv("DUEL_MOVED_CLOCK");
    if (path == nullptr) return;
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    void* place = mmap(nullptr, sizeof(Shift), PROT_READ, MAP_SHARED, file, 0);
    if (file < 0 || place == MAP_FAILED) std::abort();
    close(file);
    shift = static_cast<const Shift*>(place);
}

// Of what the kernel says, whatever this process has in the way of it.
timespec now(clockid_t clock) {
    timespec time{};
    syscall(SYS_clock_gettime, clock, &time);
    const Shift* seconds = shift;
    if (seconds != nullptr && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        time.tv_sec += *seconds;
    return time;
}

std::int64_t nanoseconds(const timespec& time) {
    return time.tv_sec * kBillion + time.tv_nsec;
}

// The clock of a condition variable is a bit in it, as glibc has it.
bool is_monotonic(const pthread_cond_t* condition) {
    return (condition->__data.__wrefs & 2U) != 0;
}

int wait_until(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec& end) {
    if (is_monotonic(condition))
        return pthread_cond_clockwait(condition, mutex, CLOCK_MONOTONIC, &end);
    const std::int64_t left = nanoseconds(end) - nanoseconds(now(CLOCK_REALTIME));
    if (left <= 0) return ETIMEDOUT;
    const std::int64_t look =
        nanoseconds(now(CLOCK_MONOTONIC)) + (left < kLookEvery ? left : kLookEvery);
    const timespec until{look / kBillion, look % kBillion};
    const int woken = pthread_cond_clockwait(condition, mutex, CLOCK_MONOTONIC, &until);
    if (woken != ETIMEDOUT) return woken;
    return nanoseconds(now(CLOCK_REALTIME)) >= nanoseconds(end) ? ETIMEDOUT : 0;
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock_id, timespec* tp) noexcept {
    if (clock_id != CLOCK_REALTIME && clock_id != CLOCK_REALTIME_COARSE)
        return static_cast<int>(syscall(SYS_clock_gettime, clock_id, tp));
    *tp = now(clock_id);
    return 0;
}

int gettimeofday(timeval* tv, void*) noexcept {
    const timespec at = now(CLOCK_REALTIME);
    *tv = {at.tv_sec, at.tv_nsec / 1'000};
    return 0;
}

time_t time(time_t* timer) noexcept {
    const time_t at = now(CLOCK_REALTIME).tv_sec;
    if (timer != nullptr) *timer = at;
    return at;
}

int timespec_get(timespec* ts, int base) noexcept {
    *ts = now(CLOCK_REALTIME);
    return base;
}

int pthread_cond_timedwait(pthread_cond_t* cond, pthread_mutex_t* mutex, const timespec* abstime) {
    return wait_until(cond, mutex, *abstime);
}

int cnd_timedwait(cnd_t* cond, mtx_t* mutex, const timespec* time_point) {
    const int woken = wait_until(
        reinterpret_cast<pthread_cond_t*>(cond),
        reinterpret_cast<pthread_mutex_t*>(mutex),
        *time_point
    );
    return woken == 0 ? thrd_success : woken == ETIMEDOUT ? thrd_timedout : thrd_error;
}
}
