--[[ health: what the provider says of each line, kept apart from what the operator wants of it.

  Three facts are kept with the provider's time of each: status, reputation, and whether the line is ours at all. Later
  beats earlier and the more severe beats the milder of the same moment, so any order and any repetition of the same
  reports ends in the same state. The rest is what follows from them here: since when, how often, how sure. ]]

local HEALTH = '>BBBBdddI4dddddddd'

local function unpack_health(packed)
  local h = {}
  h.status, h.reputation, h.is_gone, h.suspected, h.status_us, h.reputation_us, h.gone_us, h.flags, h.flagged_ms,
    h.recovered_ms, h.heard_ms, h.unverified_ms, h.sent, h.failed, h.tallied_ms, h.failed_ms =
    struct.unpack(HEALTH, packed)
  return h
end

local function pack_health(h)
  return struct.pack(HEALTH, h.status, h.reputation, h.is_gone, h.suspected, h.status_us, h.reputation_us, h.gone_us,
    h.flags, h.flagged_ms, h.recovered_ms, h.heard_ms, h.unverified_ms, h.sent, h.failed, h.tallied_ms,
    h.failed_ms)
end

local function new_health(status, reputation)
  return {status = status, reputation = reputation, is_gone = 0, suspected = 0, status_us = 0, reputation_us = 0,
          gone_us = 0, flags = 0, flagged_ms = 0, recovered_ms = 0, heard_ms = 0, unverified_ms = 0, sent = 0,
          failed = 0, tallied_ms = 0, failed_ms = 0}
end

-- The health of a line, read once a call; `call.health` names the key, and write_health keeps what was opened.
local function health_of(call, slot)
  local h = call.opened_health[slot]
  if not h then
    local packed = redis.call('HGET', call.health, member(slot))
    h = packed and unpack_health(packed) or new_health(ACTIVE, 0)
    call.opened_health[slot] = h
  end
  return h
end

local function write_health(call)
  for slot, h in pairs(call.opened_health) do redis.call('HSET', call.health, member(slot), pack_health(h)) end
end

local function set_limits(line, weight, capacity, target, allowance, conversion, start_allowance, warming)
  weigh(line, weight)
  line.capacity, line.target, line.allowance, line.conversion = capacity, target, allowance, conversion
  line.start_allowance, line.warming = start_allowance, warming
end

-- Let the picker know what is now held of a line. `limits` are those of a line whose warm-up begins now: it has come
-- back from where nobody could be sent, unless the operator holds it back as well.
local function apply_health(pool, slot, line, h, limits)
  local was_closed = line.status ~= ACTIVE or line.reputation >= CRITICAL
  withdraw(pool, slot, line)
  line.status = h.is_gone == 1 and RELEASED_LINE or h.status
  line.reputation, line.suspected = h.reputation, h.suspected
  local returns = was_closed and line.status == ACTIVE and line.reputation < CRITICAL
  if returns and limits then set_limits(line, unpack(limits)) end
  enter(pool, slot, line, line.gate)
  return returns
end

-- Take in a report: {status, its time}, {reputation, its time}, {is_gone, its time}, each or nil. Replies a word for
-- what it did to the line as it stands, or 'stale'.
local function report(call, pool, slot, facts, limits)
  local line, h, took = pool.line[slot], health_of(call, slot), false
  local old_status, old_reputation = line.status, line.reputation
  for name, fact in pairs(facts) do
    local value, at_us, kept, kept_us = fact[1], fact[2], h[name], h[name == 'is_gone' and 'gone_us' or name .. '_us']
    if at_us > kept_us or (at_us == kept_us and value > kept) then
      h[name], h[name == 'is_gone' and 'gone_us' or name .. '_us'] = value, at_us
      took = true
    end
  end
  if not took then return 'stale' end
  if facts.status and h.status == ACTIVE and h.status_us == facts.status[2] then h.suspected = 0 end
  h.unverified_ms = 0
  if apply_health(pool, slot, line, h, limits) then h.recovered_ms = call.now_ms end
  if line.status ~= old_status then
    if line.status == ACTIVE then return old_status == RELEASED_LINE and 'joined' or 'recovered' end
    if line.status == FLAGGED then
      h.flags, h.flagged_ms = h.flags + 1, call.now_ms
      return 'flagged'
    end
    return line.status == RELEASED_LINE and 'released' or 'status_unknown'
  end
  return line.reputation ~= old_reputation and 'reputation' or 'unchanged'
end

-- Something arrived from the line itself, so it works and our picture of it can be trusted.
local function sign_of_life(call, h)
  h.heard_ms, h.unverified_ms = math.max(h.heard_ms, call.now_ms), 0
end

-- Count what became of messages, half forgotten after `half_life_ms`.
local function tally(call, h, sent, failed, half_life_ms)
  local kept = math.pow(2, -math.max(0, call.now_ms - h.tallied_ms) / half_life_ms)
  h.sent, h.failed, h.tallied_ms = h.sent * kept + sent, h.failed * kept + failed, call.now_ms
end

-- Bench a line whose messages fail, unless as many as inference may bench are benched.
local function suspect(pool, slot, h, max_suspected)
  local line = pool.line[slot]
  if line.suspected == 1 or line.status ~= ACTIVE or pool.gates[IS_SUSPECTED] >= max_suspected then return false end
  h.suspected = 1
  apply_health(pool, slot, line, h, nil)
  return true
end

local function unsuspect(call, pool, slot, h, limits)
  h.suspected = 0
  if apply_health(pool, slot, pool.line[slot], h, limits) then h.recovered_ms = call.now_ms end
end
