--[[ formats: the packed layouts, and the constants and small functions that all operations share.

  A pool's picking state is two keys, always the first two of a call:
    1 lines     hash    slot → packed line (LINE_FORMAT)
    2 rotation  string  packed header: who wrote last, the hour, the virtual times (ROTATION_FORMAT)
  The rules are core/line.py, core/picking/rotation.py and core/picking/picker.py. This folder must agree with them step
  for step.
  All numbers are integers below 2^53. math, string, struct and cmsgpack are not visible while the library loads, so
  use them inside functions only.

  Names say what a constant is: OPERATOR_, STATUS_, REPUTATION_ and GATE_ describe a line, STATE_ and FLAG_ a person's
  record. They are locals, not fields of a table: a look-up on the path of every signup would cost more. Lua allows 200
  locals at a time, those of the shared files and of one operation together. ]]

local SCALE, REBASE_AT = 2 ^ 44, 2 ^ 51
local NO_TIER, NO_SLOT, NO_LIMIT, NO_CODE = 3, 65535, 4294967295, '      '
local OPERATOR_READY, OPERATOR_RETIRED = 0, 3
local STATUS_ACTIVE, STATUS_FLAGGED, STATUS_RELEASED = 0, 2, 3
local REPUTATION_AT_RISK, REPUTATION_CRITICAL = 1, 2
local GATE_OPEN, GATE_RELEASED, GATE_FLAGGED, GATE_CRITICAL, GATE_UNKNOWN, GATE_SUSPECTED = 0, 4, 5, 6, 7, 8
local GATE_PARKED, GATE_FULL, GATE_AT_RISK, GATE_TARGET, GATE_GUIDELINE, GATE_WARM_UP = 9, 10, 11, 12, 13, 14
local GATE_COUNT = 15
local STATE_RESERVED, STATE_CONFIRMED, STATE_MOVING, STATE_RELEASED = 0, 1, 2, 3
local STATE_EXPIRED, STATE_OPTED_OUT, STATE_WAITLISTED = 4, 5, 6
local MAX_DECODED_POOLS = 256
local ROWS_KEPT, NEWS_KEPT = 10000, 100000
local HOUR_MS, DAY_MS = 3600000, 86400000
local THIRD_TEXT = 3 -- from here on a person counts as one who stays
local TRAFFIC_KEPT_S, SEEN_KEPT_S, WRONG_KEPT_S = 40 * 86400, 8 * 86400, 2 * 86400

-- The packed layouts. Above each are its fields in their order; router/store/formats.py is the same list in Python.

--[[ LINE_FORMAT  operator_state status reputation suspected tier gate warming weight capacity target allowance
  conversion start_allowance reserved confirmed new_24h new_hour started_24h started_hour picks at ]]
local LINE_FORMAT = '>BBBBBBBI4I4I4I4HI4I4I4I4I4I4I4I4d'

--[[ ROTATION_FORMAT  writer sequence hour time_0 time_1 time_2 rest_0 rest_1 rest_2 ]]
local ROTATION_FORMAT = '>c8dI4dddddd'

--[[ ROTATION_HEAD_FORMAT  writer sequence ]]
local ROTATION_HEAD_FORMAT = '>c8d'

--[[ HEALTH_FORMAT  status reputation is_gone suspected status_us reputation_us gone_us flags flagged_ms recovered_ms
  heard_ms unverified_ms sent failed tallied_ms failed_ms ]]
local HEALTH_FORMAT = '>BBBBdddI4dddddddd'

--[[ ARRIVALS_FORMAT  came began ]]
local ARRIVALS_FORMAT = '>I4I4'

--[[ RECORD_FORMAT  state tier slot backup_1 backup_2 backup_3 created_s expires_s confirmed_s heard_s texts answers
  flags ]]
local RECORD_FORMAT = '>BBHHHHI4I4I4I4HHB'

-- A record may go on after that. First comes the time of the last wish, if its flag 32 is set. Then come TAIL_FORMAT, as
-- many of EXCLUDED_FORMAT as it says, and at most 64 bytes of `origin`, which says where the person came from. A record
-- with neither exclusions nor origin ends before these.
--[[ WISH_FORMAT  wished_s ]]
local WISH_FORMAT = '>I4'

--[[ TAIL_FORMAT  excluded ]]
local TAIL_FORMAT = '>B'

-- A person's request in the call of assign: this head, and after it as many of the next three as it says, the origin
-- and the contact.
--[[ REQUEST_FORMAT  records prefix suffixes known identities has_key pieces excluded wished ]]
local REQUEST_FORMAT = '>Hc3c12c6BBBBH'

--[[ IDENTITY_FORMAT  key field ]]
local IDENTITY_FORMAT = '>Hc8'

--[[ IDEMPOTENCY_FORMAT  key field digest ]]
local IDEMPOTENCY_FORMAT = '>Hc8c4'

--[[ EXCLUDED_FORMAT  slot ]]
local EXCLUDED_FORMAT = '>H'

--[[ ORIGIN_FORMAT  length ]]
local ORIGIN_FORMAT = '>B'

--[[ EVENT_FORMAT  seen_field handle_field chat_field ]]
local EVENT_FORMAT = '>c16c8c8'

--[[ CONVERSATION_FORMAT  code slot written_s first_s began ]]
local CONVERSATION_FORMAT = '>c6HI4I4B'

--[[ WRONG_LINE_FORMAT  at_ms slot ]]
local WRONG_LINE_FORMAT = '>dH'

--[[ CARD_FORMAT  digest revised_s ]]
local CARD_FORMAT = '>c8I4'

--[[ MEMBER_FORMAT  state skip channel failed target at_s tries heard_s asked_s ]]
local MEMBER_FORMAT = '>BBBBHI4BI4I4'

--[[ PROMPTS_FORMAT  last_s second_s third_s ]]
local PROMPTS_FORMAT = '>I4I4I4'

--[[ BUCKET_FORMAT  tokens at_ms ]]
local BUCKET_FORMAT = '>dd'

--[[ PROMISES_FORMAT  hour by_hour*24 ]]
local PROMISES_FORMAT = '>I4HHHHHHHHHHHHHHHHHHHHHHHH'

local decoded, decoded_count = {}, 0

local function register(name, callback, flags)
  redis.register_function{function_name = name .. '_SWITCHYARD_HASH', callback = callback, flags = flags}
end

-- A line's field in the hashes of a pool: its slot in five digits.
local slot_fields = {}
local function slot_field(slot)
  local name = slot_fields[slot]
  if not name then
    name = string.format('%05d', slot)
    slot_fields[slot] = name
  end
  return name
end

-- What every call is checked for before anything is written. The codes of a call stand in every `step`th argument.
local function is_writer(text) return text ~= nil and #text == 8 end

local function are_codes(args, first, step)
  for i = first, #args, step do
    if #args[i] ~= 6 then return false end
  end
  return true
end

-- The table that bytes hold; empty if they hold none.
local function try_unpack(packed)
  local is_whole, value = pcall(cmsgpack.unpack, packed)
  return is_whole and type(value) == 'table' and value or {}
end

-- Integer division towards zero, exact where a / b would round up to the next integer.
local function divide(a, b) return (a - math.fmod(a, b)) / b end
