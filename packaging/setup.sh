# Sourced by run.sh, test.sh and check-fresh.sh: installs Debian packages that are missing, as root or through sudo.

# read_package_list FILE: one package a line, # begins a comment.
read_package_list() {
    sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$1"
}

is_installed() {
    case "$(dpkg-query -W -f '${Status}' "$1" 2>/dev/null)" in *'ok installed') return 0 ;; esac
    # npm and Node.js may come from elsewhere than Debian.
    case "$1" in nodejs) command -v node >/dev/null ;; npm) command -v npm >/dev/null ;; *) return 1 ;; esac
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        echo "error: installing packages needs root and sudo is not there. Run as root:" >&2
        echo "  $*" >&2
        return 1
    fi
}

# install_missing FILE...: installs what the lists name and the system lacks; silent and instant when nothing is missing.
install_missing() {
    local list name missing=()
    for list in "$@"; do
        for name in $(read_package_list "$list"); do
            is_installed "$name" || missing+=("$name")
        done
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    if ! command -v apt-get >/dev/null; then
        echo "error: this script installs Debian packages; install these yourself: ${missing[*]}" >&2
        return 1
    fi
    echo "Installing ${#missing[@]} packages: ${missing[*]}"
    as_root apt-get update -q >/dev/null
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends \
        -o DPkg::Lock::Timeout=300 "${missing[@]}"
}

# build_preset NAME: configures once, then builds what changed.
build_preset() {
    if [ ! -f "build/$1/build.ninja" ]; then
        cmake --preset "$1"
    fi
    cmake --build "build/$1"
}
