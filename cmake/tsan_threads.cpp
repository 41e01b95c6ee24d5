// For the preset tsan only: the threads of C11, which librdkafka uses, made of those of POSIX,
// which the sanitizer watches. It does not know of thrd_create(), and a thread that it has not seen
// begin crashes in it.
//
// glibc gives both kinds the same memory (sysdeps/nptl/threads.h), so the objects can be each
// other's.

#include <cerrno>
#include <cstdint>
#include <pthread.h>
#include <threads.h>

namespace {

struct Start {
    thrd_start_t run;
    void* argument;
};

void* begin(void* given) {
    const Start start = *static_cast<Start*>(given);
    delete static_cast<Start*>(given);
    // NOLINTNEXTLINE(performance-no-int-to-ptr): as POSIX threads return a number
    return reinterpret_cast<void*>(static_cast<std::intptr_t>(start.run(start.argument)));
}

pthread_mutex_t* of(mtx_t* mutex) {
    static_assert(sizeof(mtx_t) == sizeof(pthread_mutex_t));
    return reinterpret_cast<pthread_mutex_t*>(mutex);
}
pthread_cond_t* of(cnd_t* condition) {
    static_assert(sizeof(cnd_t) == sizeof(pthread_cond_t));
    return reinterpret_cast<pthread_cond_t*>(condition);
}

int answer(int code) {
    if (code == 0) return thrd_success;
    return code == ETIMEDOUT ? thrd_timedout : thrd_error;
}

}  // namespace

extern "C" {

int thrd_create(thrd_t* thread, thrd_start_t run, void* argument) {
    return answer(pthread_create(thread, nullptr, begin, new Start{run, argument}));
}
int thrd_join(thrd_t thread, int* result) {
    void* returned = nullptr;
    const int code = pthread_join(thread, &returned);
    if (result != nullptr) *result = static_cast<int>(reinterpret_cast<std::intptr_t>(returned));
    return answer(code);
}
int mtx_init(mtx_t* mutex, int type) {
    pthread_mutexattr_t kind;
    pthread_mutexattr_init(&kind);
    const bool is_recursive = (type & mtx_recursive) != 0;
    pthread_mutexattr_settype(&kind, is_recursive ? PTHREAD_MUTEX_RECURSIVE : PTHREAD_MUTEX_NORMAL);
    return answer(pthread_mutex_init(of(mutex), &kind));
}
int mtx_lock(mtx_t* mutex) {
    return answer(pthread_mutex_lock(of(mutex)));
}
int mtx_unlock(mtx_t* mutex) {
    return answer(pthread_mutex_unlock(of(mutex)));
}
void mtx_destroy(mtx_t* mutex) {
    pthread_mutex_destroy(of(mutex));
}
int cnd_init(cnd_t* condition) {
    return answer(pthread_cond_init(of(condition), nullptr));
}
int cnd_signal(cnd_t* condition) {
    return answer(pthread_cond_signal(of(condition)));
}
int cnd_broadcast(cnd_t* condition) {
    return answer(pthread_cond_broadcast(of(condition)));
}
int cnd_wait(cnd_t* condition, mtx_t* mutex) {
    return answer(pthread_cond_wait(of(condition), of(mutex)));
}
int cnd_timedwait(cnd_t* condition, mtx_t* mutex, const timespec* until) {
    return answer(pthread_cond_timedwait(of(condition), of(mutex), until));
}
void cnd_destroy(cnd_t* condition) {
    pthread_cond_destroy(of(condition));
}

}  // extern "C"
