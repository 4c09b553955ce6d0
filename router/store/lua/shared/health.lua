--[[ health: what the provider says about each line, stored apart from what the operator wants of it.
  uses  formats, pool, placement

  Three facts are stored, each with the provider's time: status, reputation, and whether the line is ours at all. A
  later report beats an earlier one. Of two reports of the same moment the more severe one wins. So any order and any
  repetition of the same reports end in the same state. The other fields follow from these facts: since when, how
  often, how sure. ]]

-- The provider's time of each fact.
local TIME_OF_FACT = {status = 'status_us', reputation = 'reputation_us', is_gone = 'gone_us'}

local function unpack_health(packed)
  local health = {}
  health.status, health.reputation, health.is_gone, health.suspected, health.status_us, health.reputation_us,
    health.gone_us, health.flags, health.flagged_ms, health.recovered_ms, health.heard_ms, health.unverified_ms,
    health.sent, health.failed, health.tallied_ms, health.failed_ms = struct.unpack(HEALTH_FORMAT, packed)
  return health
end

local function pack_health(health)
  return struct.pack(HEALTH_FORMAT, health.status, health.reputation, health.is_gone, health.suspected,
    health.status_us, health.reputation_us, health.gone_us, health.flags, health.flagged_ms, health.recovered_ms,
    health.heard_ms, health.unverified_ms, health.sent, health.failed, health.tallied_ms, health.failed_ms)
end

local function new_health(status, reputation)
  return {status = status, reputation = reputation, is_gone = 0, suspected = 0, status_us = 0, reputation_us = 0,
          gone_us = 0, flags = 0, flagged_ms = 0, recovered_ms = 0, heard_ms = 0, unverified_ms = 0, sent = 0,
          failed = 0, tallied_ms = 0, failed_ms = 0}
end

-- The health of a line, read once a call. `call.health` names the key; write_health stores what was opened.
local function health_of(call, slot)
  local health = call.opened_health[slot]
  if not health then
    local packed = redis.call('HGET', call.health, slot_field(slot))
    health = packed and unpack_health(packed) or new_health(STATUS_ACTIVE, 0)
    call.opened_health[slot] = health
  end
  return health
end

local function write_health(call)
  for slot, health in pairs(call.opened_health) do
    redis.call('HSET', call.health, slot_field(slot), pack_health(health))
  end
end

local function set_limits(line, weight, capacity, target, allowance, conversion, start_allowance, warming)
  set_weight(line, weight)
  line.capacity, line.target, line.allowance, line.conversion = capacity, target, allowance, conversion
  line.start_allowance, line.warming = start_allowance, warming
end

-- Give the picker a line's new health. `limits` are the limits with which a warm-up begins. They apply if the line was
-- closed and works again; the operator may still hold it back. Returns whether it works again.
local function apply_health(pool, slot, line, health, limits)
  local was_closed = line.status ~= STATUS_ACTIVE or line.reputation >= REPUTATION_CRITICAL
  withdraw(pool, slot, line)
  line.status = health.is_gone == 1 and STATUS_RELEASED or health.status
  line.reputation, line.suspected = health.reputation, health.suspected
  local returns = was_closed and line.status == STATUS_ACTIVE and line.reputation < REPUTATION_CRITICAL
  if returns and limits then set_limits(line, unpack(limits)) end
  enter(pool, slot, line, line.gate)
  return returns
end

-- Apply a report: {status, its time}, {reputation, its time}, {is_gone, its time}, each of them or nil. Returns a word
-- for what it changed of the line, or 'stale'.
local function apply_report(call, pool, slot, facts, limits)
  local line, health, is_news = pool.line[slot], health_of(call, slot), false
  local old_status, old_reputation = line.status, line.reputation
  for name, fact in pairs(facts) do
    local value, at_us, time = fact[1], fact[2], TIME_OF_FACT[name]
    if at_us > health[time] or (at_us == health[time] and value > health[name]) then
      health[name], health[time] = value, at_us
      is_news = true
    end
  end
  if not is_news then return 'stale' end
  local status = facts.status
  if status and health.status == STATUS_ACTIVE and health.status_us == status[2] then health.suspected = 0 end
  health.unverified_ms = 0
  if apply_health(pool, slot, line, health, limits) then health.recovered_ms = call.now_ms end
  if line.status ~= old_status then
    if line.status == STATUS_ACTIVE then return old_status == STATUS_RELEASED and 'joined' or 'recovered' end
    if line.status == STATUS_FLAGGED then
      health.flags, health.flagged_ms = health.flags + 1, call.now_ms
      return 'flagged'
    end
    return line.status == STATUS_RELEASED and 'released' or 'status_unknown'
  end
  return line.reputation ~= old_reputation and 'reputation' or 'unchanged'
end

-- Something arrived from the line itself, so it works, and what we know of it can be trusted.
local function record_sign_of_life(call, health)
  health.heard_ms, health.unverified_ms = math.max(health.heard_ms, call.now_ms), 0
end

-- Count messages that were sent and that failed; half of the count is forgotten after `half_life_ms`.
local function tally_messages(call, health, sent, failed, half_life_ms)
  local kept = math.pow(2, -math.max(0, call.now_ms - health.tallied_ms) / half_life_ms)
  health.sent, health.failed, health.tallied_ms = health.sent * kept + sent, health.failed * kept + failed, call.now_ms
end

-- Bench a line whose messages fail, unless as many lines are benched as a suspicion may bench. Returns whether it did.
local function bench_line(pool, slot, health, max_suspected)
  local line = pool.line[slot]
  if line.suspected == 1 or line.status ~= STATUS_ACTIVE then return false end
  if pool.gates[GATE_SUSPECTED] >= max_suspected then return false end
  health.suspected = 1
  apply_health(pool, slot, line, health, nil)
  return true
end

local function unbench_line(call, pool, slot, health, limits)
  health.suspected = 0
  if apply_health(pool, slot, pool.line[slot], health, limits) then health.recovered_ms = call.now_ms end
end
