#!/usr/bin/env bash
# Runs a command on a desktop of its own: Xvfb on a free display, a window manager, a session bus and the
# accessibility bus. The command's exit status is ours. Skips with status 77 where a part is not installed.
#   with_desktop.sh COMMAND [ARGUMENT...]
set -u
for program in Xvfb openbox xdotool xprop dbus-run-session; do
    if ! command -v "$program" >/dev/null; then
        echo "SKIP: $program is not installed"
        exit 77
    fi
done
if [ ! -x /usr/libexec/at-spi-bus-launcher ] || ! /usr/bin/python3 -c 'import pyatspi' 2>/dev/null; then
    echo "SKIP: at-spi2-core or python3-pyatspi is not installed"
    exit 77
fi

folder=$(mktemp -d)
export XDG_RUNTIME_DIR="$folder/runtime" HOME="$folder/home"
mkdir -m 700 "$XDG_RUNTIME_DIR" "$HOME"
unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME XDG_STATE_HOME WAYLAND_DISPLAY

# Xvfb picks a free display itself and tells it on descriptor 6. Without -noreset it would begin anew, and drop who is
# just connecting, each time its only client leaves. Without -r a key that is let go of late, on a busy machine, types twice.
# -r: a key that is let go of late, on a busy machine, would type twice.
exec 6>"$folder/display"
Xvfb -displayfd 6 -screen 0 "${TRAINYARD_E2E_SCREEN:-1600x1000x24}" -noreset -r -nolisten tcp >/dev/null 2>&1 &
xvfb=$!
exec 6>&-
for _ in $(seq 600); do
    [ -s "$folder/display" ] && break
    sleep 0.05
done
[ -s "$folder/display" ] || { echo "Xvfb did not start"; exit 1; }
DISPLAY=":$(cat "$folder/display")"
export DISPLAY
openbox >/dev/null 2>&1 &
manager=$!
# Windows that come before their manager stay without a frame, and sometimes without the keyboard.
for _ in $(seq 200); do
    xprop -root _NET_SUPPORTING_WM_CHECK 2>/dev/null | grep -q "window id" && break
    sleep 0.05
done

export QT_QPA_PLATFORM=xcb QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1 NO_AT_BRIDGE=0 GDK_BACKEND=x11
timeout "${TRAINYARD_E2E_TIMEOUT:-280}" dbus-run-session -- \
    sh -c '/usr/libexec/at-spi-bus-launcher --launch-immediately & exec "$@"' sh "$@"
status=$?
kill "$manager" "$xvfb" 2>/dev/null
wait 2>/dev/null
rm -rf "$folder"
exit "$status"
