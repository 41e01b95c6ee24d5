#!/usr/bin/env bash
# Every C++ file of the repository is laid out as clang-format 14 with .clang-format lays it out.
#   tests/check_format.sh [--fix]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
command -v clang-format-14 >/dev/null || { echo "clang-format-14 is not installed (./test installs it)"; exit 1; }
mode=(--dry-run -Werror)
[[ ${1:-} != --fix ]] || mode=(-i)
git ls-files -z -- '*.cpp' '*.hpp' | { xargs -0 -r ls -1d 2>/dev/null || true; } | xargs -r -d '\n' clang-format-14 --style=file "${mode[@]}"
