#!/usr/bin/env bash
# gammu 1.42.0 drops a number of a contact card if one TYPE word of it is not known to it.
#
# Guess: the unknown word is passed over, and the number is a mobile number by its other word, CELL.
# Seen: of TEL;TYPE=CELL and TEL;TYPE=CELL,X-Backup only the first is in the phone book. With OTHER instead, both are.
# vCard 3.0 (RFC 2426, section 3.3.1) allows TYPE words of one's own. Ten other readers that we tried read the number.
#
# Needs Debian 12 on amd64 and its archive. Installs into a temporary folder. Exits 0 if gammu still behaves like this.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq gammu=1.42.0-8 libgammu8=1.42.0-8 libgsmsd8=1.42.0-8
for package in ./*.deb; do dpkg-deb -x "$package" root; done
export LD_LIBRARY_PATH=$folder/root/usr/lib/x86_64-linux-gnu

# Print the numbers that gammu reads from a card whose second number has these types.
read_numbers() {
    printf '%s\r\n' BEGIN:VCARD VERSION:3.0 'N:;;;;' FN:Acme 'TEL;TYPE=CELL:+12025550101' "TEL;TYPE=$1:+12025550102" \
        END:VCARD >card.vcf
    root/usr/bin/gammu convertbackup card.vcf book.backup >output.txt 2>&1
    tr -d '\0' <book.backup | grep -ao '+1202555010[0-9]' | xargs
}

root/usr/bin/gammu version 2>/dev/null | grep -om1 'Gammu version [0-9.]*'
known=$(read_numbers OTHER)
unknown=$(read_numbers CELL,X-Backup)
echo "second number OTHER:         $known"
echo "second number CELL,X-Backup: $unknown"
[ "$known" = "+12025550101 +12025550102" ]
[ "$unknown" = "+12025550101" ]
