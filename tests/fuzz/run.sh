#!/usr/bin/env bash
# Runs the fuzz targets with libFuzzer, AddressSanitizer and UndefinedBehaviorSanitizer, one after the other:
#   tests/fuzz/run.sh SECONDS [NAME…]
#
# Built below var/build/fuzz with clang-14. What is found there grows var/build/fuzz/corpus/NAME; an input that breaks
# something stays as var/build/fuzz/NAME-crash-…: its fix comes with a unit test, and the input joins corpus/NAME.
# DUEL_FUZZ_JOBS: compilations at a time (default: all cores).
set -euo pipefail
folder=$(cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")" && pwd)
root=$(realpath "$folder/../..")
build=$root/var/build/fuzz
seconds=${1:?how many seconds for each target?}
shift
[[ $seconds =~ ^[1-9][0-9]*$ ]] || { echo "$seconds is no number of seconds" >&2; exit 1; }
runtime=$(clang++-14 -print-resource-dir 2>/dev/null || true)/lib/linux
compgen -G "$runtime/libclang_rt.fuzzer-*.a" >/dev/null ||
    { echo "clang 14 or its libFuzzer is not installed: apt-get install clang-14 libclang-rt-14-dev" >&2; exit 1; }

names=("$@")
if [[ ${#names[@]} -eq 0 ]]; then
    for file in "$folder"/*_fuzz.cpp; do names+=("$(basename "$file" _fuzz.cpp)"); done
fi
for name in "${names[@]}"; do
    [[ -f $folder/${name}_fuzz.cpp ]] || { echo "$name: there is no tests/fuzz/${name}_fuzz.cpp" >&2; exit 1; }
done

export CCACHE_DIR=$root/var/ccache CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
cd "$root"
flags=(-O1 -g1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all)
compile_one() {   # SOURCE OBJECT FLAG…
    ccache clang++-14 -std=c++20 -I. -D_GLIBCXX_ASSERTIONS -DBOOST_ASIO_SEPARATE_COMPILATION \
        -DBOOST_BEAST_SEPARATE_COMPILATION -DBOOST_ASIO_NO_DEPRECATED -DSPDLOG_COMPILED_LIB -DSPDLOG_FMT_EXTERNAL \
        -fsanitize=fuzzer-no-link "${@:3}" -c "$1" -o "$2" || exit 255   # xargs stops
}
export -f compile_one

# What the targets reach; the linker takes what each needs.
sources=(platform/{boost,file_watch,log,settings}.cpp platform/settings/*.cpp wsserver/net/token*.cpp
    wsserver/net/{base64url,client_message,frame_reader,proxies,strict_json,upgrade}.cpp)
mapfile -t -O "${#sources[@]}" sources < <(find core wsserver/streams ingest/rules -name '*.cpp')
reached=()
for source in "${sources[@]}"; do reached+=("$build/${source%.cpp}.o"); done
sources+=(tests/fuzz/libfuzzer_entry.cpp)
for name in "${names[@]}"; do sources+=("tests/fuzz/${name}_fuzz.cpp"); done

echo "building below $build"
for source in "${sources[@]}"; do
    mkdir -p "$build/$(dirname "$source")"
    printf '%s\0' "$source" "$build/${source%.cpp}.o"
done | xargs -0 -n 2 -P "${DUEL_FUZZ_JOBS:-$(nproc)}" bash -c 'compile_one "$@" '"${flags[*]}" compile_one
rm -f "$build/reached.a"
ar rcs "$build/reached.a" "${reached[@]}"

for name in "${names[@]}"; do
    clang++-14 "${flags[@]}" -fsanitize=fuzzer -fuse-ld=mold "$build/tests/fuzz/${name}_fuzz.o" \
        "$build/tests/fuzz/libfuzzer_entry.o" "$build/reached.a" -lsimdjson -lspdlog -lfmt -lssl -lcrypto -lpthread \
        -o "$build/$name"
    mkdir -p "$build/corpus/$name"
    echo "== $name: $seconds s"
    "$build/$name" -max_total_time="$seconds" -max_len=20000 -timeout=5 -print_final_stats=1 -verbosity=1 \
        -artifact_prefix="$build/$name-" "$build/corpus/$name" "$folder/corpus/$name" 2>"$build/$name.log" ||
        { tail -n 40 "$build/$name.log" >&2; echo "$name: see $build/$name.log" >&2; exit 1; }
    grep -E '^stat::(number_of_executed_units|average_exec_per_sec|new_units_added)' "$build/$name.log"
done
