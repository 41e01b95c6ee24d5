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

# Builds the programs unless DUEL_BIN has them. Does next to nothing when they are up to date.
build_programs() {
    [[ -z ${DUEL_BIN:-} ]] || return 0
    build_preset release "${programs[@]}"
}

# build_preset PRESET TARGET…: configures where that was not done yet, then builds.
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
        # Silent when there is nothing to do; otherwise ninja's own progress.
        [[ $(ninja -C "$folder" -n "$@" 2>&1 | tail -n 1) != "ninja: no work to do." ]] || exit 0
        say "building (preset $preset)"
        ninja -C "$folder" "$@" >&2 || die "the build failed"
    ) 8>"$folder/lock"
}
