--[[ words: the formats and names that all operations share. The files of this folder are joined in their order.

  A pool's picking state is two keys, always the first two of a call:
    1 lines     hash    slot → packed line (LINE)
    2 rotation  string  packed header: who wrote last, the hour, the virtual times (ROTATION)
  The rules are core/line.py, core/rotation.py and core/picker.py; this folder must agree with them step for step.
  All numbers are integers below 2^53. math, string, struct and cmsgpack are not visible while the library loads, so
  they are only touched inside functions. ]]

local SCALE, REBASE_AT = 2 ^ 44, 2 ^ 51
local NONE, NO_SLOT, NO_LIMIT = 3, 65535, 4294967295
local READY, RETIRED = 0, 3
local ACTIVE, FLAGGED, RELEASED_LINE = 0, 2, 3
local AT_RISK, CRITICAL = 1, 2
local OPEN, IS_RELEASED, IS_FLAGGED, IS_CRITICAL, IS_UNKNOWN, IS_SUSPECTED, PARKED, FULL, IS_AT_RISK, TARGET, GUIDELINE,
  WARM_UP = 0, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
local GATES = 15
local LINE = '>BBBBBBBI4I4I4I4HI4I4I4I4I4I4I4I4d'
local ROTATION = '>c8dI4dddddd'
local RECORD = '>BBHHHHI4I4I4I4HHB'
local RESERVED, CONFIRMED, MOVING, RELEASED, EXPIRED, OPTED_OUT, WAITLISTED = 0, 1, 2, 3, 4, 5, 6
local MAX_DECODED_POOLS = 256
local ROWS_KEPT, NEWS_KEPT = 10000, 100000
local DAY_MS = 86400000
local TRAFFIC_KEPT_S, SEEN_KEPT_S, WRONG_KEPT_S = 40 * 86400, 8 * 86400, 2 * 86400

local decoded, decoded_count = {}, 0

local function register(name, callback, flags)
  redis.register_function{function_name = name .. '_SWITCHYARD_HASH', callback = callback, flags = flags}
end

local members = {}
local function member(slot)
  local name = members[slot]
  if not name then
    name = string.format('%05d', slot)
    members[slot] = name
  end
  return name
end

-- Integer division towards zero, exact where a / b would round up to the next integer.
local function divide(a, b) return (a - math.fmod(a, b)) / b end
