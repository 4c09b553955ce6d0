#!/usr/bin/env bash
# Install what the tests need beside Python: a browser, and servers other than the one we bring. Quick and silent when
# all is there. What can not be installed is told in one line each, and the test that needs it will fail.
set -euo pipefail
cd "$(dirname "$0")/.."

updated=no

# want PROGRAM PACKAGE PURPOSE: see that PROGRAM can be run.
want() {
    local program=$1 package=$2 purpose=$3
    if command -v "$program" >/dev/null; then
        return
    fi
    if ! can_install || ! install "$package"; then
        echo "not installed: $package, for $purpose (run as root: apt-get install $package)"
    fi
}

can_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null
}

install() {
    if [ "$updated" = no ]; then
        apt-get update -qq >/dev/null 2>&1 || return
        updated=yes
    fi
    echo "installing $1"
    # On Debian a server package starts its server; nothing here may listen on a port the tests did not choose.
    DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -qq --no-install-recommends "$1" >/dev/null 2>&1
}

want chromium chromium "tests of the pages in a real browser"
want redis-server redis-server "tests on Redis beside Valkey"

if [ -f tests/readers/install.sh ]; then
    bash tests/readers/install.sh || echo "tests/readers/install.sh failed"
fi
