#!/bin/sh
# Stops this rented machine when nobody uses it. A systemd timer runs it every minute; no other computer is needed.
#   idle-stop.sh              looks once, and stops the machine when it is time
#   idle-stop.sh --self-test  looks with every limit at zero and says as JSON whether it would have stopped the machine
#   idle-stop.sh --keep HOURS nobody stops it for so long (the hard limit still counts)
# "Used" is: a processor or a GPU above the limits, a run that gave a heartbeat in the last three minutes (a hung run gives
# none), or a key pressed in a terminal. Settings: idle-stop.conf. Every path can be moved by ROOT, for tests.
set -eu

root=${ROOT:-}
conf=$root/etc/trainyard/idle-stop.conf
state=$root/var/lib/trainyard
run=$root/run/trainyard
idle_minutes=0      # 0: never for idleness
hard_limit_hours=0  # 0: no limit
cpu_percent=5
gpu_percent=5
heartbeat_seconds=180
terminal_seconds=90 # above the minute between two looks
warn_seconds=300
[ -r "$conf" ] && . "$conf"
now=${NOW:-$(date +%s)}
mkdir -p "$state" "$run"

number_in() { # FILE: the whole number in it, or 0
    value=$(cat "$1" 2>/dev/null || true)
    case $value in '' | *[!0-9]*) echo 0 ;; *) echo "$value" ;; esac
}

put() { # FILE TEXT, whole or not at all
    printf '%s\n' "$2" >"$1.new"
    mv "$1.new" "$1"
}

# Share of the processors' time since the last look, in percent; 100 at the first look, which proves nothing.
cpu_use() {
    set -- $(sed -n 's/^cpu  *//p' "$root/proc/stat")
    total=0
    for part in "$1" "$2" "$3" "$4" "$5" "$6" "$7" "$8"; do
        total=$((total + part))
    done
    still=$(($4 + $5))
    old_total=$(number_in "$state/cpu-total")
    old_still=$(number_in "$state/cpu-still")
    put "$state/cpu-total" "$total"
    put "$state/cpu-still" "$still"
    if [ "$old_total" -eq 0 ] || [ "$total" -le "$old_total" ]; then
        echo 100
        return
    fi
    echo $((100 - 100 * (still - old_still) / (total - old_total)))
}

# The busiest GPU in percent; 0 without one.
gpu_use() {
    most=0
    for use in $(nvidia-smi --query-gpu=utilization.gpu --format=csv,noheader,nounits 2>/dev/null || true); do
        case $use in *[!0-9]*) continue ;; esac
        [ "$use" -gt "$most" ] && most=$use
    done
    echo "$most"
}

# Seconds since the newest of the files was touched ($1: %Y changed, %X read); a large number without any.
age() {
    format=$1
    shift
    newest=0
    for file in "$@"; do
        [ -e "$file" ] || continue
        touched=$(stat -c "$format" "$file")
        [ "$touched" -gt "$newest" ] && newest=$touched
    done
    echo $((now - newest))
}

uptime_seconds() {
    sed 's/[. ].*//' "$root/proc/uptime"
}

# A word why the machine is in use; nothing when it is not.
use() {
    cpu=$(cpu_use)
    gpu=$(gpu_use)
    if [ "$gpu" -ge "$gpu_percent" ]; then
        echo "gpu $gpu %"
    elif [ "$cpu" -ge "$cpu_percent" ]; then
        echo "cpu $cpu %"
    elif [ "$(age %Y "$run"/heartbeat*)" -lt "$heartbeat_seconds" ]; then
        echo "run"
    elif [ "$(age %X "$root"/dev/pts/[0-9]*)" -lt "$terminal_seconds" ]; then
        echo "terminal"
    fi
}

stop_machine() { # REASON
    put "$state/stopped" "$now $1"
    logger -t trainyard "stopping this machine: $1" 2>/dev/null || true
    if [ -n "${STOP_COMMAND:-}" ]; then
        $STOP_COMMAND "$1"
        return
    fi
    # Runs write a checkpoint and end.
    pkill -TERM -x trainyard-run 2>/dev/null && sleep 30
    # On Azure a machine that is merely switched off is still paid for; its own identity may release it.
    if [ "${provider:-}" = azure ] && [ -n "${machine_id:-}" ]; then
        token=$(curl -sf -m 10 --noproxy '*' -H Metadata:true \
            'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com/' |
            sed -n 's/.*"access_token" *: *"\([^"]*\)".*/\1/p')
        if [ -n "$token" ]; then
            # By standard input: a token in the arguments would show in the process list.
            printf 'header = "Authorization: Bearer %s"\n' "$token" |
                curl -sf -m 30 -K - -X POST -d '' \
                    "https://management.azure.com$machine_id/deallocate?api-version=2024-03-01" && return
        fi
    fi
    shutdown -h now "Trainyard: $1"
}

case ${1:-} in
--keep)
    put "$state/keep-until" $((now + $2 * 3600))
    exit 0
    ;;
--self-test)
    # The same look, with a load that cannot count as use, and a stop that only says so.
    fired=$(
        cpu_percent=101 gpu_percent=101
        why=$(use)
        [ -z "$why" ] && echo true || echo false
    )
    timer=$(systemctl is-active trainyard-idle-stop.timer 2>/dev/null || true)
    printf '{"fires":%s,"timer":"%s","idleMinutes":%s,"hardLimitHours":%s}\n' "$fired" "${timer:-unknown}" "$idle_minutes" \
        "$hard_limit_hours"
    exit 0
    ;;
esac

if [ "$hard_limit_hours" -gt 0 ] && [ "$(uptime_seconds)" -ge $((hard_limit_hours * 3600)) ]; then
    stop_machine "it has run for $hard_limit_hours h, its hard limit"
    exit 0
fi
[ "$idle_minutes" -gt 0 ] || exit 0
why=$(use)
if [ -n "$why" ] || [ "$now" -lt "$(number_in "$state/keep-until")" ]; then
    put "$state/idle-since" "$now"
    put "$state/in-use" "${why:-kept}"
    rm -f "$run/stopping-at"
    exit 0
fi
rm -f "$state/in-use"
since=$(number_in "$state/idle-since")
if [ "$since" -eq 0 ] || [ "$since" -gt "$now" ]; then
    since=$now
    put "$state/idle-since" "$since"
fi
at=$((since + idle_minutes * 60))
if [ "$now" -ge "$at" ]; then
    stop_machine "nobody has used it for $idle_minutes min"
elif [ $((at - now)) -le "$warn_seconds" ]; then
    put "$run/stopping-at" "$at"
fi
