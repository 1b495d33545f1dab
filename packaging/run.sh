#!/usr/bin/env bash
# Starts Trainyard: installs what is missing, builds a release into build/release, opens the window.
#   packaging/run.sh              the window (arguments are handed on: files to open, --data-dir DIR, ...)
#   packaging/run.sh --headless   no display: runs the digits sample from data to exported model and prints a summary
set -euo pipefail
cd "$(dirname "$0")/.."
. packaging/setup.sh

headless=no
arguments=()
for argument in "$@"; do
    case "$argument" in
    --headless) headless=yes ;;
    -h | --help)
        sed -n '2,4s/^# \{0,1\}//p' "$0"
        exit 0
        ;;
    *) arguments+=("$argument") ;;
    esac
done

if [ "$headless" = no ] && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && [ -z "${QT_QPA_PLATFORM:-}" ]; then
    echo "There is no display here. Try: packaging/run.sh --headless" >&2
    exit 2
fi

install_missing packaging/debian-packages/engine.txt packaging/debian-packages/window.txt
mkdir -p build
if ! build_preset release >build/release.log 2>&1; then
    tail -n 40 build/release.log >&2
    echo "error: the build failed; the whole log is in build/release.log" >&2
    exit 1
fi

if [ "$headless" = yes ]; then
    exec packaging/headless-sample.sh build/release/bin "${arguments[@]}"
fi
exec build/release/bin/trainyard "${arguments[@]}"
