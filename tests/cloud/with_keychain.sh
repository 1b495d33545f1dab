#!/usr/bin/env bash
# Runs a command in a session of its own with an unlocked keychain: with_keychain.sh COMMAND ...
set -euo pipefail
home=$(mktemp -d)
export HOME=$home XDG_DATA_HOME=$home/data XDG_RUNTIME_DIR=$home/run XDG_CACHE_HOME=$home/cache
unset DISPLAY WAYLAND_DISPLAY
mkdir -m 700 "$XDG_DATA_HOME" "$XDG_RUNTIME_DIR" "$XDG_CACHE_HOME"
trap 'rm -rf "$home"' EXIT
dbus-run-session -- bash -c '
    set -euo pipefail
    # An empty password would make the daemon ask for one on a screen. In the foreground, so that it can be ended.
    printf %s password | gnome-keyring-daemon --foreground --unlock --components=secrets >"$HOME/keyring.log" 2>&1 &
    daemon=$!
    trap "kill $daemon 2>/dev/null || true; wait $daemon 2>/dev/null || true" EXIT
    for _ in $(seq 100); do
        if dbus-send --session --print-reply --dest=org.freedesktop.DBus / \
            org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets 2>/dev/null | grep -q "boolean true"; then
            break
        fi
        sleep 0.05
    done
    "$@"
' bash "$@"
