# One target carries every compiler and linker flag. DUEL_MODE comes from the preset.
set(DUEL_MODE dev CACHE STRING "dev, release, asan or tsan")
set_property(CACHE DUEL_MODE PROPERTY STRINGS dev release asan tsan)

add_library(duel_flags INTERFACE)
target_compile_features(duel_flags INTERFACE cxx_std_20)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
target_include_directories(duel_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(duel_flags INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual -Werror
  -fdiagnostics-color=always
  -fpch-preprocess)  # for ccache: its preprocessor then names the precompiled header
# g++ 12 sees ghosts in std::string, which a precompiled header no longer hides as a system header's.
target_compile_options(duel_flags INTERFACE -Wno-array-bounds -Wno-stringop-overflow -Wno-restrict)
target_link_options(duel_flags INTERFACE -fuse-ld=mold)

if(DUEL_MODE STREQUAL "release")
  target_compile_options(duel_flags INTERFACE -O2 -g1 -DNDEBUG -fstack-protector-strong -U_FORTIFY_SOURCE)
  target_compile_definitions(duel_flags INTERFACE _FORTIFY_SOURCE=2)
  target_link_options(duel_flags INTERFACE -pie -Wl,-z,relro,-z,now)
elseif(DUEL_MODE STREQUAL "asan")
  target_compile_options(duel_flags INTERFACE -O1 -g1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all)
  target_link_options(duel_flags INTERFACE -fsanitize=address,undefined)
elseif(DUEL_MODE STREQUAL "tsan")
  # Asio has fences that this sanitizer does not understand, and g++ says so; locks order the same.
  target_compile_options(duel_flags INTERFACE -O1 -g1 -fno-omit-frame-pointer -fsanitize=thread -Wno-tsan)
  target_link_options(duel_flags INTERFACE -fsanitize=thread)
  add_library(duel_tsan_threads SHARED ${CMAKE_CURRENT_LIST_DIR}/tsan_threads.cpp)
  target_compile_options(duel_tsan_threads PRIVATE -std=c++20 -O1 -g1 -fsanitize=thread)
  target_link_libraries(duel_flags INTERFACE -Wl,--no-as-needed duel_tsan_threads -Wl,--as-needed)
else()
  target_compile_options(duel_flags INTERFACE -O1 -g1)
endif()
if(DUEL_MODE MATCHES "san")
  target_compile_options(duel_flags INTERFACE -Wno-maybe-uninitialized)  # g++ 12 sees ghosts in <regex>
endif()
if(NOT DUEL_MODE STREQUAL "release")
  target_compile_definitions(duel_flags INTERFACE _GLIBCXX_ASSERTIONS)
endif()
