#!/usr/bin/env bash
# abook 0.6.1 has one place for each type of number, and the last number of a type replaces those before it.
#
# Guess: of two mobile numbers it takes the first, or both.
# Seen: a card with two TEL;TYPE=CELL gives one mobile number, the second. So a backup number on a card replaces the main
# one. Of TEL;TYPE=WORK and TEL;TYPE=HOME both are read.
#
# Needs Debian 12 on amd64 and its archive. Installs into a temporary folder. Exits 0 if abook still behaves like this.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq abook=0.6.1-2+b1
dpkg-deb -x ./abook*.deb root

# Print the numbers that abook reads from a card whose two numbers have these types.
read_numbers() {
    printf '%s\r\n' BEGIN:VCARD VERSION:3.0 'N:;;;;' FN:Acme "TEL;TYPE=$1:+12025550101" "TEL;TYPE=$2:+12025550102" \
        END:VCARD >card.vcf
    HOME=$folder root/usr/bin/abook --convert --informat vcard --infile card.vcf --outformat abook --outfile - |
        grep -o '^[a-z]*=+1202555010[0-9]' | sort | xargs
}

root/usr/bin/abook --help 2>&1 | grep -om1 'abook v[0-9.]*' || true
same=$(read_numbers CELL CELL)
other=$(read_numbers WORK HOME)
echo "CELL and CELL: $same"
echo "WORK and HOME: $other"
[ "$same" = "mobile=+12025550102" ]
[ "$other" = "phone=+12025550102 workphone=+12025550101" ]
