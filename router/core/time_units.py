"""Units of time as numbers. A name says of what in what: DAY_MS is a day in milliseconds."""

from datetime import timedelta

MINUTE_S = 60
DAY_S = 86_400
MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000
MS_US = 1000
DAY_US = 86_400_000_000

MILLISECOND = timedelta(milliseconds=1)
