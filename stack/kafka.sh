# Apache Kafka: its jars from Maven Central, its folder formatted once, one node on the loopback.
# Jars are shared by all stacks of this checkout (var/kafka/libs); data lie in the stack's kafka/data.

kafka_libs=$root/var/kafka/libs

# Fetches the jars unless they are those of this pom.xml already.
fetch_kafka() {
    ! cmp -s "$root/stack/pom.xml" "$kafka_libs/pom.xml" || return 0
    mkdir -p "$root/var/kafka" "$root/var/log"
    (
        flock 8   # another stack of this checkout may be fetching
        ! cmp -s "$root/stack/pom.xml" "$kafka_libs/pom.xml" || exit 0
        say "fetching Apache Kafka from Maven Central"
        rm -rf "$kafka_libs" "$kafka_libs.new"
        local log=$root/var/log/maven.log try
        for try in 1 2 3; do
            ! MAVEN_OPTS="-XX:-UsePerfData -Djava.io.tmpdir=$TMPDIR" mvn -B -C -Dstyle.color=never -f "$root/stack/pom.xml" \
                "-Dmaven.repo.local=$root/var/m2" dependency:copy-dependencies "-DoutputDirectory=$kafka_libs.new" \
                >"$log" 2>&1 </dev/null || break
            (( try < 3 )) || { grep -m5 ERROR "$log" >&2; die "Maven could not fetch Kafka; all it said is in $log"; }
            sleep $((try * 2))
        done
        cp "$root/stack/pom.xml" "$kafka_libs.new/pom.xml"
        mv "$kafka_libs.new" "$kafka_libs"
    ) 8>"$root/var/kafka/lock"
}

# The java command up to the class. The simple compiler and collector: on a small machine the other ones cost more CPU
# than they save, for as long as most stacks run.
kafka_java() {
    java=(java -Xms256m -Xmx768m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData "-Djava.io.tmpdir=$duel_var/tmp"
        "-Dlog4j2.configurationFile=$root/stack/log4j2.properties" -cp "$kafka_libs/*")
}

# Settings for a data folder, on the ports of this start.
kafka_settings() { # DATA
    cat "$root/stack/kafka.properties"
    printf '%s\n' "" \
        "listeners=PLAINTEXT://127.0.0.1:$port_kafka,CONTROLLER://127.0.0.1:$port_controller" \
        "advertised.listeners=PLAINTEXT://127.0.0.1:$port_kafka" \
        "controller.quorum.voters=1@127.0.0.1:$port_controller" \
        "log.dirs=$1"
}

# A folder is formatted under another name and renamed when complete: half a format is never mistaken for a whole.
format_kafka() {
    local data=$duel_var/kafka/data id java
    kafka_java
    if [[ -d $data ]]; then
        [[ -f $data/meta.properties ]] || die "$data has no meta.properties, so it is no folder of Kafka's: move it away, or ./run up --fresh"
        return 0
    fi
    rm -rf "$data.new"
    kafka_settings "$data.new" >"$duel_var/kafka/format.properties"
    id=$(head -c 16 /dev/urandom | base64 | tr '+/' 'ab' | tr -d '=')
    "${java[@]}" kafka.tools.StorageTool format -t "$id" -c "$duel_var/kafka/format.properties" \
        >>"$duel_var/log/kafka.log" 2>&1 </dev/null || { failed_start kafka "could not format $data"; exit 1; }
    sync -f "$data.new"
    mv "$data.new" "$data"
}

# Who holds the lock of Kafka's data folder: the kernel's list has the inode of the lock file.
kafka_lock_holder() {
    local lock=$duel_var/kafka/data/.lock
    [[ ! -f $lock ]] || awk -v inode="$(stat -c %i "$lock")" '$2 == "POSIX" && $6 ~ ":" inode "$" { print $5; exit }' /proc/locks
}

start_kafka() {
    local holder java
    kafka_java
    mkdir -p "$duel_var/kafka"
    format_kafka
    holder=$(kafka_lock_holder)
    [[ -z $holder ]] || die "$duel_var/kafka/data is locked by process $holder ($(command_line "$holder")): end it first"
    kafka_settings "$duel_var/kafka/data" >"$duel_var/kafka/server.properties"
    launch kafka "${java[@]}" kafka.Kafka "$duel_var/kafka/server.properties"
}

# Ready means that it answers a client's first question, who are the brokers.
kafka_ready() {
    local said kcat_access
    choose_kcat_access
    said=$(kcat "${kcat_access[@]}" -L -m 2 -b "$kafka_brokers" 2>&1) || true
    ! grep -q '^  broker ' <<<"$said" || return 0
    # A client that is refused says why: "%3|time|FAIL|client| [thread]: why (after 3ms in state …)".
    echo "no broker answers at $kafka_brokers$(sed -nE 's/^%3\|[^|]*\|FAIL\|[^|]*\| \[[^]]*\]: (.*) \(after .*/: \1/p' <<<"$said" | tail -n 1)"
    return 1
}
