#!/usr/bin/env bash
# Proves the two README commands on a bare system: packaging/check-fresh.sh bookworm|trixie [FOLDER]
# Makes the system with debootstrap in FOLDER (default: a new folder under TMPDIR, removed at the end), copies this
# checkout's committed state into it, and runs packaging/run.sh --headless and packaging/test.sh there. Needs root.
# TRAINYARD_CCACHE=DIR  lets the builds inside use that compiler cache, for a second run that does not take as long.
set -euo pipefail
cd "$(dirname "$0")/.."
suite=${1:-}
case "$suite" in bookworm | trixie) ;; *)
    sed -n '2,5s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac
[ "$(id -u)" -eq 0 ] || exec sudo "$0" "$@"
command -v debootstrap >/dev/null || apt-get install -yq --no-install-recommends debootstrap

keep=no
if [ -n "${2:-}" ]; then
    root=$2
    keep=yes
else
    root=$(mktemp -d "${TMPDIR:-/var/tmp}/trainyard-$suite.XXXXXX")
fi
clean_up() {
    for mount in root/.cache/ccache dev/pts dev/shm dev proc sys; do
        mountpoint -q "$root/$mount" && umount -l "$root/$mount"
    done
    mountpoint -q "$root" && umount -l "$root"
    if [ "$keep" = no ]; then
        rm -rf --one-file-system "$root"
    fi
}
trap clean_up EXIT

if [ ! -x "$root/usr/bin/apt-get" ]; then
    # The mirror this machine itself uses.
    mirror=$(apt-get indextargets --format '$(SITE)' | head -n 1)
    debootstrap --variant=minbase "$suite" "$root" "$mirror"
fi
# A mount of its own, as the root of a real system is: what makes name spaces in there needs that.
mountpoint -q "$root" || mount --bind "$root" "$root"
for mount in proc sys dev dev/pts; do
    mountpoint -q "$root/$mount" || mount --bind "/$mount" "$root/$mount"
done
mkdir -p "$root/dev/shm"
if [ -n "${TRAINYARD_CCACHE:-}" ]; then
    mkdir -p "$TRAINYARD_CCACHE" "$root/root/.cache/ccache"
    mountpoint -q "$root/root/.cache/ccache" || mount --bind "$TRAINYARD_CCACHE" "$root/root/.cache/ccache"
    [ -x "$root/usr/bin/ccache" ] || { chroot "$root" apt-get update -q && chroot "$root" apt-get install -yq --no-install-recommends ccache; } >/dev/null
fi
cp /etc/resolv.conf "$root/etc/resolv.conf"
# A network that inspects TLS has its own authority; the fresh system must know it too.
mkdir -p "$root/etc/ssl/certs"
[ -n "${NODE_EXTRA_CA_CERTS:-}" ] && cp "$NODE_EXTRA_CA_CERTS" "$root/etc/extra-ca.pem"

rm -rf "$root/opt/trainyard"
mkdir -p "$root/opt/trainyard"
git archive HEAD | tar -x -C "$root/opt/trainyard"

inside() {
    chroot "$root" env -i HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb \
        ${NODE_EXTRA_CA_CERTS:+NODE_EXTRA_CA_CERTS=/etc/extra-ca.pem} \
        ${npm_config_registry:+npm_config_registry="$npm_config_registry"} "$@"
}
date
inside bash /opt/trainyard/packaging/run.sh --headless
date
inside bash /opt/trainyard/packaging/test.sh
date
echo "$suite: both commands work on a fresh system"
