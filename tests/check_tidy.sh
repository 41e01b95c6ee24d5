#!/usr/bin/env bash
# clang-tidy 14 with .clang-tidy on C++ sources: those that the branch (or else the last commit) and the work
# tree changed, or all of them.
#   tests/check_tidy.sh BUILD_DIRECTORY [--all]
#
# A changed header is checked through the source of the same name. At most `limit` sources: this is the
# quick look of every test run; the target tidy-all is the thorough one.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
limit=4
[[ -f $build/compile_commands.json ]] || { echo "$build has no compile_commands.json: configure it first"; exit 1; }
command -v clang-tidy-14 >/dev/null || { echo "clang-tidy-14 is not installed (./test installs it)"; exit 1; }

changed() {
    local base
    base=$(git merge-base HEAD origin/HEAD 2>/dev/null || true)
    if [[ -z $base || $base == "$(git rev-parse HEAD)" ]]; then base=$(git rev-parse -q --verify HEAD~1 || true); fi
    [[ -z $base ]] || git diff --name-only --diff-filter=d "$base" -- '*.cpp' '*.hpp'
}

if [[ ${2:-} == --all ]]; then
    sources=$(git ls-files -- '*.cpp')
else
    sources=$(changed | sed 's/\.hpp$/.cpp/' | sort -u)
fi
# Only what this build directory compiles: clang-tidy needs the flags.
mapfile -t files < <(for file in $sources; do
    if grep -qF "\"$PWD/$file\"" "$build/compile_commands.json"; then echo "$file"; fi
done)
if [[ ${2:-} != --all && ${#files[@]} -gt $limit ]]; then
    echo "${#files[@]} sources changed: looking at the first $limit, tidy-all looks at every one"
    files=("${files[@]:0:limit}")
fi
echo "clang-tidy: ${#files[@]} sources"
(( ${#files[@]} )) || exit 0
# Without g++'s precompiled header, which clang cannot read and which would hide includes that are missing.
mkdir -p "$build/tidy"
sed -E 's/ -Winvalid-pch//; s/ -include [^ ]*cmake_pch\.hxx//; s/ -fpch-preprocess//' \
    "$build/compile_commands.json" >"$build/tidy/compile_commands.json"
# Debian's GCC knows warnings that clang 14 does not.
printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" clang-tidy-14 -p "$build/tidy" --quiet \
    --extra-arg=-Wno-unknown-warning-option --extra-arg=-Wno-unused-command-line-argument
