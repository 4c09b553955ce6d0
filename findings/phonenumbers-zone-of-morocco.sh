#!/usr/bin/env bash
# phonenumbers 9.0.43 gives some countries the time zone of another country.
#
# Guess: the zone of a Moroccan number is Africa/Casablanca, that of an Algerian one Africa/Algiers.
# Seen: Atlantic/Canary and Europe/Paris. The zone had the same clock when the data were made. Morocco left summer time
# for good in 2026, and Algeria has none, so such a zone is an hour wrong for months. So are Libya and Palestine
# (Europe/Bucharest), Nicaragua (America/Chicago) and South Sudan (Africa/Nairobi).
#
# Needs Python and PyPI. Installs into a temporary folder. Exits 0 if the library still behaves like this.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --target "$folder" phonenumbers==9.0.43
PYTHONPATH=$folder python3 - <<'PYTHON'
import phonenumbers as library
from phonenumbers.timezone import time_zones_for_geographical_number

SEEN = {
    "+212612345678": ("Morocco", "Atlantic/Canary"),
    "+213551234567": ("Algeria", "Europe/Paris"),
    "+218912345678": ("Libya", "Europe/Bucharest"),
    "+970599123456": ("Palestine", "Europe/Bucharest"),
    "+50581234567": ("Nicaragua", "America/Chicago"),
    "+211977123456": ("South Sudan", "Africa/Nairobi"),
}
print("phonenumbers", library.__version__)
for number, (country, zone) in SEEN.items():
    zones = time_zones_for_geographical_number(library.parse(number, None))
    print(country, "->", *zones)
    assert zones == (zone,)
PYTHON
