#!/bin/sh
# Install the vCard readers of tests/e2e/test_card_readers.py where this machine lets us.
# Prints one line for each thing it could not install; silent and quick when all is there. Always exits 0.

cd "$(dirname "$0")" || exit 0

has_ez_vcard() { [ -e /usr/share/java/ez-vcard.jar ] && [ -e /usr/share/java/vinnie.jar ]; }
has_jdk() { command -v java && command -v javac; }
has_node() { command -v node && command -v npm; }
has_evolution() { /usr/bin/python3 -c 'import gi; gi.require_version("EBookContacts", "1.2")'; }
has_node_readers() { cmp package-lock.json node_modules/.installed.json; }

need() { # need CHECK PACKAGE...: remember the packages of a check that fails
    check=$1
    shift
    "$check" >/dev/null 2>&1 || packages="$packages $*"
}

packages=
need has_ez_vcard libez-vcard-java libvinnie-java
need has_jdk default-jdk-headless
need has_node nodejs npm
need has_evolution gir1.2-ebookcontacts-1.2 python3-gi

if [ -n "$packages" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq >/dev/null 2>&1
    for package in $packages; do # one by one, so that a missing one does not take the others along
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1
    done
fi
if ! has_node_readers >/dev/null 2>&1 && has_node >/dev/null 2>&1; then
    npm ci --no-fund --no-audit --ignore-scripts --silent >/dev/null 2>&1 && cp package-lock.json node_modules/.installed.json
fi

report() { # report CHECK WHAT HOW
    "$1" >/dev/null 2>&1 || echo "card readers: no $2 ($3)"
}
report has_ez_vcard "ez-vcard" "apt-get install libez-vcard-java libvinnie-java"
report has_jdk "JDK for ez-vcard" "apt-get install default-jdk-headless"
report has_evolution "Evolution reader" "apt-get install gir1.2-ebookcontacts-1.2 python3-gi"
report has_node "Node.js for ical.js and vcard4-ts" "apt-get install nodejs npm"
report has_node_readers "ical.js and vcard4-ts" "npm ci in tests/readers"
exit 0
