#!/usr/bin/env bash
# Install what the tests need besides Python: a browser, another kind of server, and programs that read contact cards.
#
# First prints one list of what is missing, and why a test needs it. Then installs the list, if we are root on a system
# with apt. Prints nothing if nothing is missing. Always exits 0: a test without its program fails or is skipped.
#
# SWITCHYARD_TESTS_INSTALL=no   print the list and install nothing
set -uo pipefail
cd "$(dirname "$0")/.."

packages=() # of Debian
list=       # of what is missing, for the reader
readers=tests/readers
card="contact cards are read back by"

runs() { command -v "$1" >/dev/null; }
has_files() { local file; for file in "$@"; do [ -e "$file" ] || return 1; done; }
has_evolution() { /usr/bin/python3 -c 'import gi; gi.require_version("EBookContacts", "1.2")' 2>/dev/null; }
has_japanese() { [ -n "$(fc-list :lang=ja 2>/dev/null)" ]; }
has_jdk() { runs java && runs javac; }
has_node() { runs node && runs npm; }
has_header() { compgen -G "/usr/include/$1" >/dev/null || compgen -G "/usr/include/*/qt5/$1" >/dev/null; }
has_node_readers() { cmp -s $readers/package-lock.json $readers/node_modules/.installed.json; }

# need PURPOSE PACKAGES CHECK...: add the packages to the list if the check fails.
need() {
    local purpose=$1 names=$2
    shift 2
    if ! "$@"; then
        packages+=($names)
        list+="  apt   $names"$'\n'"        $purpose"$'\n'
    fi
}

need "the pages are tested in a real browser" "chromium" runs chromium
need "the store is tested on Redis besides Valkey" "redis-server" runs redis-server
need "the metrics and alert rules are checked by promtool" "prometheus" runs promtool
need "a browser needs letters for the pages in Japanese" "fonts-ipafont-gothic" has_japanese
need "$card ez-vcard, in Java" "libez-vcard-java libvinnie-java" has_files /usr/share/java/{ez-vcard,vinnie}.jar
need "$card ez-vcard, in Java" "default-jdk-headless" has_jdk
need "$card ical.js and vcard4-ts" "nodejs npm" has_node
need "$card Evolution's library" "gir1.2-ebookcontacts-1.2 python3-gi" has_evolution
need "$card KDE's and Sailfish's libraries, in C++" "g++" runs g++
need "$card KDE's and Sailfish's libraries, in C++" "pkgconf" runs pkg-config
need "$card KContacts, of KDE" "libkf5contacts-dev" has_header KF5/KContacts
need "$card QtVersit, of Sailfish" "qtpim5-dev" has_header QtVersit
need "$card sabre/vobject, of Nextcloud" "php-cli php-sabre-vobject" has_files /usr/bin/php /usr/share/php/Sabre/VObject
need "$card Text::vCard, in Perl" "libtext-vcard-perl" has_files /usr/share/perl5/Text/vCard.pm
need "$card gammu" "gammu" runs gammu
need "$card abook" "abook" runs abook
if ! has_node_readers; then
    list+="  npm   ical.js and vcard4-ts, into $readers/node_modules"$'\n'"        $card them"$'\n'
fi

[ -n "$list" ] || exit 0
printf 'Missing for some tests:\n%s' "$list"

if [ "${SWITCHYARD_TESTS_INSTALL:-yes}" = no ]; then
    echo "Installing nothing, because SWITCHYARD_TESTS_INSTALL=no. The tests that need the above fail or are skipped."
    exit 0
fi
echo "Installing it now. To skip this: make test SWITCHYARD_TESTS_INSTALL=no"

if [ ${#packages[@]} -gt 0 ]; then
    if [ "$(id -u)" = 0 ] && runs apt-get; then
        apt-get update -qq >/dev/null 2>&1
        for package in "${packages[@]}"; do # one by one, so that one that cannot be installed stops no other
            # On Debian a server's package starts the server; RUNLEVEL=1 prevents that, as tests choose their own ports.
            DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "$package" \
                >/dev/null 2>&1 || echo "Cannot install $package. The tests that need it fail or are skipped."
        done
    else
        echo "Only root can install packages. Run this as root: apt-get install ${packages[*]}"
    fi
fi
if ! has_node_readers && has_node; then
    (cd $readers && npm ci --no-fund --no-audit --ignore-scripts --silent >/dev/null 2>&1 &&
        cp package-lock.json node_modules/.installed.json) ||
        echo "Cannot install ical.js and vcard4-ts. Try: cd $readers && npm ci"
fi
exit 0
