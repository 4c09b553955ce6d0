--[[ records: a person's record, packed into 31 bytes and a tail that most people do not have; the line this person
  should text; and what a call counts.
  uses  formats, placement ]]

-- Flags of a record. ORGANIC: the person texted the line without a signup. KNOWN: a back end knows the person.
-- SUPPRESSED: the last wish they told us was to stop. QUIET: they want no prompts, whatever they text. INVITED: they
-- were invited off the waitlist, and have not texted yet.
local FLAG_ORGANIC, FLAG_KNOWN, FLAG_SUPPRESSED, FLAG_QUIET, FLAG_INVITED = 1, 2, 4, 8, 16

local NO_BACKUPS = {} -- never written, like all that is read as empty

-- The stored flags have one more, 32: the time of the last wish, four bytes, comes next. An older release stored none;
-- its SUPPRESSED was about the last text.
local function unpack_record(packed)
  local state, tier, slot, backup_1, backup_2, backup_3, created_s, expires_s, confirmed_s, heard_s, texts, answers,
    flags, at = struct.unpack(RECORD_FORMAT, packed)
  local wished_s = math.fmod(flags, 2 * FLAG_SUPPRESSED) >= FLAG_SUPPRESSED and heard_s or 0
  if flags >= 32 then
    flags, wished_s, at = flags - 32, struct.unpack(WISH_FORMAT, packed, at)
  end
  return {state = state, tier = tier, slot = slot, created_s = created_s, expires_s = expires_s,
          confirmed_s = confirmed_s, heard_s = heard_s, texts = texts, answers = answers, flags = flags,
          wished_s = wished_s, tail = at <= #packed and string.sub(packed, at) or '',
          backups = {backup_1 ~= NO_SLOT and backup_1 or nil, backup_2 ~= NO_SLOT and backup_2 or nil,
                     backup_3 ~= NO_SLOT and backup_3 or nil}}
end

local function pack_record(record)
  local backups = record.backups
  return struct.pack(RECORD_FORMAT, record.state, record.tier, record.slot, backups[1] or NO_SLOT,
    backups[2] or NO_SLOT, backups[3] or NO_SLOT, record.created_s, record.expires_s, record.confirmed_s,
    record.heard_s, record.texts, record.answers, record.flags + (record.wished_s > 0 and 32 or 0))
    .. (record.wished_s > 0 and struct.pack(WISH_FORMAT, record.wished_s) or '') .. record.tail
end

-- The lines that a person must not get: their slots, as the keys of a table that is never written.
local function excluded_by(record)
  if record.tail == '' then return NO_BACKUPS end
  local excluded, count, at = {}, struct.unpack(TAIL_FORMAT, record.tail)
  for _ = 1, count do
    local slot
    slot, at = struct.unpack(EXCLUDED_FORMAT, record.tail, at)
    excluded[slot] = true
  end
  return excluded
end

-- Where a person came from and what they agreed to, as core/people/origin.py reads it; empty if nothing is known.
local function origin_of(record)
  local tail = record.tail
  return tail == '' and tail or string.sub(tail, 2 + 2 * string.byte(tail))
end

-- Store which lines a person must not get; where they came from stays. Returns whether that changed the record.
local function set_excluded(record, excluded)
  local old, origin, slots = record.tail, origin_of(record), {}
  for slot in pairs(excluded) do slots[#slots + 1] = slot end
  table.sort(slots)
  local packed = struct.pack(TAIL_FORMAT, #slots)
  for _, slot in ipairs(slots) do packed = packed .. struct.pack(EXCLUDED_FORMAT, slot) end
  record.tail = #slots == 0 and origin == '' and '' or packed .. origin
  return record.tail ~= old
end

-- Store an origin with a person who has none: the first one stays. Returns whether that changed the record.
local function adopt_origin(record, origin)
  if origin == '' or origin_of(record) ~= '' then return false end
  record.tail = (record.tail == '' and struct.pack(TAIL_FORMAT, 0) or record.tail) .. origin
  return true
end

local function new_record(now_s, flags)
  return {state = STATE_RESERVED, tier = 0, slot = NO_SLOT, backups = NO_BACKUPS, created_s = now_s, expires_s = 0,
          confirmed_s = 0, heard_s = 0, texts = 0, answers = 0, flags = flags, wished_s = 0, tail = ''}
end

local function has_flag(record, flag) return math.fmod(record.flags, 2 * flag) >= flag end

local function set_flag(record, flag, is_set)
  if has_flag(record, flag) ~= is_set then record.flags = record.flags + (is_set and flag or -flag) end
end

-- Whether the person texted and has a place: these people are the `confirmed` of a line.
local function counts_as_confirmed(record)
  local state = record.state
  return state == STATE_CONFIRMED or state == STATE_MOVING or state == STATE_OPTED_OUT
end

-- The line a person should text now. For a moving person it is the line they were asked to text, which is their first
-- backup; else their home line; else their first backup that can carry them.
local function live_slot_of(lines, record)
  local asked = record.state == STATE_MOVING and record.backups[1]
  if asked and can_carry(lines[asked]) then return asked end
  if can_carry(lines[record.slot]) then return record.slot end
  for _, backup in ipairs(record.backups) do
    if can_carry(lines[backup]) then return backup end
  end
  return NO_SLOT
end

local function backups_of_ours(lines, record)
  local ours = {}
  for _, backup in ipairs(record.backups) do
    if is_ours(lines[backup]) then ours[#ours + 1] = backup end
  end
  return ours
end

-- A person's record as core.assignment.Assignment reads it; `slot` is the line to text now. A line that is no longer ours
-- is in no answer: its number may be a stranger's. RENEW marks a person whose backups must be renewed.
local function assignment_of(lines, code, record, slot)
  local RENEW = 256
  local backups, is_stale = record.backups, slot == NO_SLOT and record.slot ~= NO_SLOT
  for i = 1, #backups do
    if not is_ours(lines[backups[i]]) then
      backups, is_stale = backups_of_ours(lines, record), true
      break
    end
  end
  local marks = (record.flags - math.fmod(record.flags, FLAG_SUPPRESSED)) / FLAG_SUPPRESSED
  return {code, record.state, slot == NO_SLOT and -1 or slot, is_ours(lines[record.slot]) and record.slot or NO_SLOT,
          backups, record.tier, record.created_s, record.expires_s, record.confirmed_s,
          is_stale and marks + RENEW or marks, record.tail ~= '' and origin_of(record) or nil}
end

-- The result of one request, as core.assignment.Signup reads it.
local function signup_of(lines, word, reason, code, record, slot, is_new)
  return {word, reason, is_new, '', assignment_of(lines, code, record, slot)}
end

-- Queue the places in `call.due`, to be checked when they run out. `minutes` is the zset, `list` the one of
-- `call.due_minute`.
local function write_due(call, minutes, list)
  if #call.due == 0 then return end
  redis.call('RPUSH', list, unpack(call.due))
  redis.call('ZADD', minutes, call.due_minute, call.due_minute)
end

-- Count what happened on a line, by day. `call.traffic` is written once a call.
local function count_traffic(call, slot, metric, times)
  local field = slot .. ':' .. metric
  call.traffic[field] = (call.traffic[field] or 0) + times
end

local function write_traffic(call, key)
  if not next(call.traffic) then return end
  for field, times in pairs(call.traffic) do redis.call('HINCRBY', key, field, times) end
  redis.call('EXPIRE', key, TRAFFIC_KEPT_S)
end
