# var/env: how to reach this stack, for shells, tests and clients. `source var/env` exports all of it.

# The secret that session tokens are signed with: what the running duel-wsserver was started with.
jwt_secret() { cat "$duel_var/secrets/jwt_in_use" 2>/dev/null || secret jwt; }
choose_jwt_secret() { write_private "$duel_var/secrets/jwt_in_use" "${DUEL_JWT_SECRET:-$(secret jwt)}"; }

# Written whole or not at all; a part that is not running, or not ours, has an empty pid.
write_env() {
    local part text access
    text="# Written by ./run: how to reach the stack in $duel_var
$(env_line DUEL_KAFKA "$kafka_brokers")
$(env_line DUEL_POSTGRES "$(role_url duel_analyst)")
$(env_line DUEL_POSTGRES_ADMIN "$(admin_url)")
$(env_line DUEL_WSS "wss://localhost:$port_wss")
$(env_line DUEL_CA "$duel_var/tls/ca.crt")
$(env_line DUEL_JWT_SECRET "$(jwt_secret)")
$(env_line DUEL_INGEST_METRICS "http://127.0.0.1:$port_ingest/metrics")
$(env_line DUEL_PROJECTOR_METRICS "http://127.0.0.1:$port_projector/metrics")
$(env_line DUEL_WSSERVER_METRICS "http://127.0.0.1:$port_wsserver/metrics")"
    access=$(kafka_access_env)
    [[ -z $access ]] || text+=$'\n'$access
    for part in ingest projector wsserver kafka postgres; do
        text+=$'\n'$(env_line "DUEL_${part^^}_PID" "$(part_pid "$part" || true)")
    done
    write_private "$duel_var/env" "$text"
}

env_line() { printf 'export %s=%q' "$1" "$2"; }

# Takes var/env into this process, for commands that talk to the running stack.
read_env() {
    [[ -f $duel_var/env ]] || die "no stack was started in $duel_var: ./run up starts one"
    # shellcheck disable=SC1091
    source "$duel_var/env"
}
