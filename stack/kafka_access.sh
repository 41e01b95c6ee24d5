# How a Kafka of one's own lets us in: DUEL_KAFKA_PROTOCOL and what belongs to it. The programs read these from the
# environment; kcat, and whoever likes, from kafka/client.properties. They hold, like the addresses, as long as a part runs.

kafka_access=(DUEL_KAFKA_PROTOCOL DUEL_KAFKA_CA DUEL_KAFKA_CERT DUEL_KAFKA_KEY DUEL_KAFKA_KEY_PASSWORD
    DUEL_KAFKA_SASL_MECHANISM DUEL_KAFKA_USER DUEL_KAFKA_PASSWORD DUEL_KAFKA_PASSWORD_FILE)
kafka_properties=(security.protocol ssl.ca.location ssl.certificate.location ssl.key.location ssl.key.password
    sasl.mechanisms sasl.username sasl.password '')   # librdkafka's names, in the same order

# Exports what holds. RUNNING is what runs already, if anything does.
load_kafka_access() { # RUNNING
    local name kept
    for name in "${kafka_access[@]}"; do
        # Commands may be called from another folder.
        if [[ $name =~ _(CA|CERT|KEY|PASSWORD_FILE)$ && -n ${!name:-} ]]; then printf -v "$name" '%s' "$(realpath -ms -- "${!name}")"; fi
        kept=last_$name
        if [[ -n $1 && -n $last_port_base ]]; then
            [[ -z ${!name:-} || ${!name} == "${!kept:-}" || ${command:-} == down ]] ||
                refuse "$name is not what the stack in $duel_var runs with: ./run down first, or another DUEL_VAR"
            printf -v "$name" '%s' "${!kept:-}"
        fi
        [[ -z ${!name:-} || $own_kafka == no || ${command:-} == down ]] ||
            refuse "$name is for a Kafka of your own: DUEL_KAFKA, where its brokers are, is missing"
        if [[ -n ${!name:-} ]]; then export "${name?}"; else unset "$name"; fi
    done
}

# Lines for var/choices.
kafka_access_choices() {
    local name
    for name in "${kafka_access[@]}"; do printf 'last_%s=%q\n' "$name" "${!name:-}"; done
}

# Lines for var/env; none where Kafka lets everybody in.
kafka_access_env() {
    local name
    for name in "${kafka_access[@]}"; do [[ -z ${!name:-} ]] || printf '%s\n' "$(env_line "$name" "${!name}")"; done
}

# The same for clients of librdkafka, in a file: a command line would show the password to everybody.
write_kafka_properties() {
    local file=$duel_var/kafka/client.properties index name text=''
    if [[ -z ${DUEL_KAFKA_PROTOCOL:-} ]]; then rm -f "$file"; return 0; fi
    for index in "${!kafka_access[@]}"; do
        name=${kafka_access[index]}
        [[ -z ${!name:-} || -z ${kafka_properties[index]} ]] || text+=${kafka_properties[index]}=${!name}$'\n'
    done
    if [[ -n ${DUEL_KAFKA_PASSWORD_FILE:-} ]]; then
        [[ -r $DUEL_KAFKA_PASSWORD_FILE ]] || refuse "DUEL_KAFKA_PASSWORD_FILE=$DUEL_KAFKA_PASSWORD_FILE: a file that I may read is wanted"
        text+=sasl.password=$(<"$DUEL_KAFKA_PASSWORD_FILE")$'\n'
    fi
    mkdir -p "$duel_var/kafka"
    write_private "$file" "$text"
}

# Sets `kcat_access`, the words that kcat needs to get in.
choose_kcat_access() {
    kcat_access=()
    [[ ! -f $duel_var/kafka/client.properties ]] || kcat_access=(-F "$duel_var/kafka/client.properties")
}
