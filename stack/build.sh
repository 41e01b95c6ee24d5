# The programs: built from this checkout, or found in DUEL_BIN.

programs=(duel-ingest duel-projector duel-wsserver duel-watch)

# Sets `bin`, where the programs are.
locate_programs() {
    local program
    bin=${DUEL_BIN:-$root/var/build/release/bin}
    [[ -n ${DUEL_BIN:-} ]] || return 0
    for program in "${programs[@]}"; do
        [[ -x $bin/$program ]] || refuse "DUEL_BIN=$bin: a folder with $program is wanted"
    done
}

# Builds the programs unless DUEL_BIN has them: with ninja's progress the first time, quietly when little has changed.
build_programs() {
    [[ -z ${DUEL_BIN:-} ]] || return 0
    local program quiet=(--quiet)
    for program in "${programs[@]}"; do
        [[ -x $bin/$program ]] || quiet=()
    done
    build_preset release "${quiet[@]}" "${programs[@]}"
}

# build_preset PRESET [--quiet] TARGET…: configures where that was not done yet, then builds.
build_preset() {
    local preset=$1 folder=$root/var/build/$1 log=$root/var/log/build-$1.log
    shift
    mkdir -p "$root/var/log" "$folder"
    (
        flock 8   # another stack of this checkout may be building
        if [[ ! -f $folder/build.ninja ]]; then
            (cd "$root" && cmake --preset "$preset") >"$log" 2>&1 ||
                { tail -n 20 "$log" >&2; die "CMake could not configure the preset $preset; all it said is in $log"; }
        fi
        if [[ ${1:-} == --quiet ]]; then
            { sleep 2 8>&- 9>&- >/dev/null 2>&1 && say "building what changed"; } &
        else
            say "building (preset $preset)"
        fi
        ninja -C "$folder" "$@" >&2 || die "the build failed"
        [[ ${1:-} != --quiet ]] || kill $! 2>/dev/null || true
    ) 8>"$folder/lock"
}
