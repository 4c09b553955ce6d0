--[[ rotation: whose turn it is inside a tier; the twin of core/picking/rotation.py.
  uses  formats, heaps, pool ]]

local join, leave, next_in, charge
do -- what is local to this block is used in this file only: Lua allows 200 locals at a time

local function set_total(pool, tier, weight)
  pool.weight[tier], pool.rest[tier], pool.step[tier] = weight, 0, nil
end

function join(pool, slot, line, tier, lag)
  line.tier = tier
  line.at = pool.time[tier] - divide(lag, line.weight)
  set_total(pool, tier, pool.weight[tier] + line.weight)
  enter_heap(pool, slot, line)
end

local function lag_of(pool, line)
  local behind, stride = pool.time[line.tier] - line.at, line.stride
  if behind >= stride then return SCALE end
  if behind <= -stride then return -SCALE end
  return line.weight * behind
end

-- Inside a rotation, `at` is the line's virtual eligible time. Outside, it is the line's lag.
function leave(pool, slot, line)
  leave_heap(pool, slot, line)
  set_total(pool, line.tier, pool.weight[line.tier] - line.weight)
  line.at = lag_of(pool, line)
  line.tier = NO_TIER
end

-- Count virtual time from 0 again, so that it stays exact: once in REBASE_AT units; O(lines).
local function rebase(pool, tier)
  local base = pool.time[tier]
  pool.time[tier], pool.ready[tier], pool.wait[tier] = 0, new_heap(), new_heap()
  for slot, line in pairs(pool.line) do
    if line.tier == tier then
      line.at = line.at - base
      enter_heap(pool, slot, line)
      mark_changed(pool, slot)
    end
  end
end

-- Move the lines whose virtual eligible time has come from wait to ready. Each pick makes at most one line wait, so
-- this is O(log lines) a pick over time.
local function wake_lines(pool, tier)
  local wait, now = pool.wait[tier], pool.time[tier]
  while wait.size > 0 and wait.key[1] <= now do
    local slot = wait.slot[1]
    remove(wait, slot)
    local line = pool.line[slot]
    push(pool.ready[tier], slot, line.at + line.stride)
  end
end

-- When no line is eligible, the one with the earliest deadline of all: rare, O(lines).
local function earliest_of_waiting(pool, tier, excluded)
  local best, best_deadline
  local wait = pool.wait[tier]
  for i = 1, wait.size do
    local slot = wait.slot[i]
    local line = pool.line[slot]
    local deadline = line.at + line.stride
    if not excluded[slot] and (not best or deadline < best_deadline or (deadline == best_deadline and slot < best)) then
      best, best_deadline = slot, deadline
    end
  end
  return best
end

function next_in(pool, tier, excluded)
  wake_lines(pool, tier)
  local ready = pool.ready[tier]
  if not next(excluded) then return ready.size > 0 and ready.slot[1] or earliest_of_waiting(pool, tier, excluded) end
  local passed_over = {}
  while ready.size > 0 and excluded[ready.slot[1]] do
    passed_over[#passed_over + 1] = ready.slot[1]
    remove(ready, ready.slot[1])
  end
  local slot = ready.size > 0 and ready.slot[1]
  for _, other in ipairs(passed_over) do push(ready, other, pool.line[other].at + pool.line[other].stride) end
  return slot or earliest_of_waiting(pool, tier, excluded)
end

-- Virtual time moves by 1/W a pick. That is whole units and a rest, counted in 1/W of a unit; the rests add up.
local function step_of(pool, tier)
  if not pool.step[tier] then
    local rest = math.fmod(SCALE, pool.weight[tier])
    pool.step[tier], pool.step_rest[tier] = (SCALE - rest) / pool.weight[tier], rest
  end
  local step, rest = pool.step[tier], pool.rest[tier] + pool.step_rest[tier]
  if rest >= pool.weight[tier] then step, rest = step + 1, rest - pool.weight[tier] end
  pool.rest[tier] = rest
  return step
end

-- Lines that are passed over for this one person only move on with virtual time, so they keep their lag.
local function pass_over(pool, tier, passed)
  local total = pool.weight[tier]
  for _, slot in ipairs(passed) do total = total - pool.line[slot].weight end
  local step = (SCALE - math.fmod(SCALE, total)) / total
  pool.time[tier] = pool.time[tier] + step
  for _, slot in ipairs(passed) do
    local line = pool.line[slot]
    leave_heap(pool, slot, line)
    line.at = line.at + step
    enter_heap(pool, slot, line)
    mark_changed(pool, slot)
  end
end

local function excluded_lines_of(pool, tier, excluded)
  local passed = {}
  for slot in pairs(excluded) do
    local line = pool.line[slot]
    if line and line.tier == tier then passed[#passed + 1] = slot end
  end
  return passed
end

-- Charge a line one pick.
function charge(pool, slot, excluded)
  local line = pool.line[slot]
  local tier = line.tier
  leave_heap(pool, slot, line)
  line.at = line.at + line.stride
  mark_changed(pool, slot)
  local passed = next(excluded) and excluded_lines_of(pool, tier, excluded)
  if passed and passed[1] then
    pass_over(pool, tier, passed)
  else
    pool.time[tier] = pool.time[tier] + step_of(pool, tier)
  end
  enter_heap(pool, slot, line)
  if pool.time[tier] >= REBASE_AT then rebase(pool, tier) end
end

end
