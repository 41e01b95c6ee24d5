# What nearly every source includes is parsed once, not 280 times. Every file still includes what it uses: clang-tidy
# reads it without this (tests/check_tidy.sh).
set(DUEL_PRECOMPILED
  <algorithm> <chrono> <cstdint> <functional> <map> <memory> <optional> <ranges> <string> <string_view> <vector> <fmt/format.h>)
file(WRITE ${CMAKE_BINARY_DIR}/precompiled.cpp "")
add_library(duel_precompiled OBJECT ${CMAKE_BINARY_DIR}/precompiled.cpp)
target_link_libraries(duel_precompiled PRIVATE duel_flags fmt::fmt)
target_precompile_headers(duel_precompiled PRIVATE ${DUEL_PRECOMPILED})

# duel_library(NAME [LINK targets…]): every .cpp below this folder but main.cpp, as a static library.
function(duel_library name)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC duel_flags fmt::fmt ${arg_LINK})
  target_precompile_headers(${name} REUSE_FROM duel_precompiled)
endfunction()

# duel_program(NAME [LINK targets…]): main.cpp of this folder as an executable in bin/.
function(duel_program name)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  add_executable(${name} main.cpp)
  target_link_libraries(${name} PRIVATE duel_flags ${arg_LINK})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
endfunction()
