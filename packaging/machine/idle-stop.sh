#!/bin/sh
# Stops this rented machine when nobody uses it. A systemd timer runs it every minute; no other computer is needed.
#   idle-stop.sh              looks once, and stops the machine when it is time
#   idle-stop.sh --self-test  plays the idle minutes through with a stop that only says so, and tells as JSON whether it fired,
#                             whether the timer is on, and whether this machine may release itself
#   idle-stop.sh --keep HOURS nobody stops it for so long (the hard limit still counts)
# "Used" is: a processor or a GPU above the limits, a run that gave a heartbeat in the last three minutes (a hung run gives
# none), or a key pressed in a terminal. Settings: idle-stop.conf. Every path can be moved by ROOT, for tests.
set -eu

root=${ROOT:-}
conf=$root/etc/trainyard/idle-stop.conf
state=${STATE:-$root/var/lib/trainyard}
run=${RUN:-$root/run/trainyard}
idle_minutes=0      # 0: never for idleness
hard_limit_hours=0  # 0: no limit
budget_minutes=0    # on, over the whole life; 0: no limit
metadata=http://169.254.169.254
management=https://management.azure.com
cpu_percent=5
gpu_percent=5
heartbeat_seconds=180
terminal_seconds=90 # above the minute between two looks
warn_seconds=300
[ -r "$conf" ] && . "$conf"
if [ -n "${TEST_LOOK:-}" ]; then # no load counts, and nothing but idleness stops
    cpu_percent=101 gpu_percent=101 heartbeat_seconds=0 terminal_seconds=0 hard_limit_hours=0 budget_minutes=0
fi
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

# METHOD PATH: a request to Azure with the token of this machine's own identity; fails without one.
ask() {
    token=$(curl -sf -m 10 --noproxy '*' -H Metadata:true \
        "$metadata/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com/" |
        sed -n 's/.*"access_token" *: *"\([^"]*\)".*/\1/p')
    [ -n "$token" ] || return 1
    # By standard input: a token in the arguments would show in the process list.
    if [ "$1" = POST ]; then
        printf 'header = "Authorization: Bearer %s"\n' "$token" |
            curl -sf -m 30 -K - -X POST -d '' "$management$2?api-version=2024-03-01"
    else
        printf 'header = "Authorization: Bearer %s"\n' "$token" |
            curl -sf -m 30 -K - "$management$2?api-version=2024-03-01"
    fi
}

# The id by which this machine releases itself. A node of a scale set learns its own only here.
own_id() {
    if [ -n "${machine_id:-}" ]; then
        echo "$machine_id"
    else
        curl -sf -m 10 --noproxy '*' -H Metadata:true \
            "$metadata/metadata/instance/compute/resourceId?api-version=2021-02-01&format=text"
    fi
}

# METHOD [VERB]: the request about this machine itself; fails where the machine is not known or has no right.
ask_self() {
    id=$(own_id) && [ -n "$id" ] && ask "$1" "$id${2:+/$2}"
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
    if [ "${provider:-}" = azure ]; then
        ask_self POST deallocate >/dev/null && return
    fi
    shutdown -h now "Trainyard: $1"
}

case ${1:-} in
--keep)
    put "$state/keep-until" $((now + $2 * 3600))
    exit 0
    ;;
--self-test)
    # The machine's own settings and commands, with the minutes played through in a folder of their own.
    fires=false
    if [ "$idle_minutes" -gt 0 ]; then
        folder=$(mktemp -d)
        look() { # SECONDS from now
            TEST_LOOK=1 STATE=$folder RUN=$folder/run NOW=$((now + $1)) STOP_COMMAND='echo FIRED' sh "$0" 2>/dev/null
        }
        look 0 >/dev/null
        look 30 >/dev/null
        early=$(look $((idle_minutes * 60 - 60)))
        late=$(look $((idle_minutes * 60 + 60)))
        rm -rf "$folder"
        case $early in *FIRED*) ;; *) case $late in *FIRED*) fires=true ;; esac ;; esac
    fi
    timer=$(systemctl is-active trainyard-idle-stop.timer 2>/dev/null || true)
    releases=false # a machine that may read itself by its identity was given the right to release itself with it
    if [ "${provider:-}" != azure ]; then
        releases=true
    elif ask_self GET >/dev/null 2>&1; then
        releases=true
    fi
    printf '{"fires":%s,"timer":"%s","releases":%s,"idleMinutes":%s,"hardLimitHours":%s,"budgetMinutes":%s}\n' "$fires" \
        "${timer:-unknown}" "$releases" "$idle_minutes" "$hard_limit_hours" "$budget_minutes"
    exit 0
    ;;
esac

# Minutes on are counted over restarts: a budget is for the machine's whole life.
if [ "$budget_minutes" -gt 0 ]; then
    last=$(number_in "$state/last-look")
    on=$(number_in "$state/on-seconds")
    passed=$((now - last))
    if [ "$last" -gt 0 ] && [ "$passed" -gt 0 ]; then
        [ "$passed" -lt 180 ] || passed=60 # it was off in between
        on=$((on + passed))
    fi
    put "$state/last-look" "$now"
    put "$state/on-seconds" "$on"
    if [ "$on" -ge $((budget_minutes * 60)) ]; then
        stop_machine "its budget is spent: it was on for $((on / 60)) min"
        exit 0
    fi
fi
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
