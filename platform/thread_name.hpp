#pragma once

#include <pthread.h>
#include <string>

namespace duel::platform {

// What `top -H` and debuggers call the calling thread: the first 15 bytes, as Linux has it.
inline void name_thread(const std::string& name) {
    pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
}

}  // namespace duel::platform
