--[[ records: a person's assignment, packed into 31 bytes, and where its person should text. ]]

-- Flags of a record: the line met them without a signup; a back end knows them; their last text asked us to stop;
-- they want no prompts, whatever they text; they were invited off the waitlist, and have not texted yet.
local IS_ORGANIC, IS_KNOWN, IS_SUPPRESSED, IS_QUIET, IS_INVITED = 1, 2, 4, 8, 16

local NO_BACKUPS = {} -- never written

local function unpack_record(packed)
  local state, tier, slot, b1, b2, b3, created_s, expires_s, confirmed_s, heard_s, texts, answers, flags =
    struct.unpack(RECORD, packed)
  return {state = state, tier = tier, slot = slot, created_s = created_s, expires_s = expires_s,
          confirmed_s = confirmed_s, heard_s = heard_s, texts = texts, answers = answers, flags = flags,
          backups = {b1 ~= NO_SLOT and b1 or nil, b2 ~= NO_SLOT and b2 or nil, b3 ~= NO_SLOT and b3 or nil}}
end

local function pack_record(r)
  return struct.pack(RECORD, r.state, r.tier, r.slot, r.backups[1] or NO_SLOT, r.backups[2] or NO_SLOT,
    r.backups[3] or NO_SLOT, r.created_s, r.expires_s, r.confirmed_s, r.heard_s, r.texts, r.answers, r.flags)
end

local function new_record(now_s, flags)
  return {state = RESERVED, tier = 0, slot = NO_SLOT, backups = NO_BACKUPS, created_s = now_s, expires_s = 0,
          confirmed_s = 0, heard_s = 0, texts = 0, answers = 0, flags = flags}
end

local function has_flag(r, flag) return math.fmod(r.flags, 2 * flag) >= flag end

local function set_flag(r, flag, is_set)
  if has_flag(r, flag) ~= is_set then r.flags = r.flags + (is_set and flag or -flag) end
end

-- Whether they hold a place as someone who texted.
local function is_settled(r) return r.state == CONFIRMED or r.state == MOVING or r.state == OPTED_OUT end

-- The line a person should text now: the one they were asked to text, their first backup; else their own; else their
-- first backup that can carry them.
local function route(lines, r)
  local asked = r.state == MOVING and r.backups[1]
  if asked and can_carry(lines[asked]) then return asked end
  if can_carry(lines[r.slot]) then return r.slot end
  for _, backup in ipairs(r.backups) do
    if can_carry(lines[backup]) then return backup end
  end
  return NO_SLOT
end

-- Where a person stands, as core.assignment.Assignment reads it.
local function standing(code, r, slot)
  return {code, r.state, slot == NO_SLOT and -1 or slot, r.slot, r.backups, r.tier, r.created_s, r.expires_s,
          r.confirmed_s, (r.flags - math.fmod(r.flags, IS_SUPPRESSED)) / IS_SUPPRESSED}
end

-- What became of a request, as core.assignment.Signup reads it.
local function answer(word, reason, code, r, slot, is_new)
  return {word, reason, is_new, '', standing(code, r, slot)}
end

-- Have the places in `call.due` looked at when they run out: `minutes` is the zset, `list` that of `call.due_minute`.
local function write_due(call, minutes, list)
  if #call.due == 0 then return end
  redis.call('RPUSH', list, unpack(call.due))
  redis.call('ZADD', minutes, call.due_minute, call.due_minute)
end

-- What happened on each line, counted by day; `call.traffic` is written once a call.
local function note_traffic(call, slot, metric, times)
  local field = slot .. ':' .. metric
  call.traffic[field] = (call.traffic[field] or 0) + times
end

local function write_traffic(call, key)
  if not next(call.traffic) then return end
  for field, times in pairs(call.traffic) do redis.call('HINCRBY', key, field, times) end
  redis.call('EXPIRE', key, TRAFFIC_KEPT_S)
end
