--[[ gates: in which tier a line stands, who may be a backup, and how many people it has; the twin of core/line.py and
  core/picker.py. ]]

-- People on a line; a reservation counts for the share of them that become texts, in thousandths, rounded up.
local function load_of(line)
  if line.conversion == 1000 then return line.reserved + line.confirmed end
  local worth = line.reserved * line.conversion
  local rest = math.fmod(worth, 1000)
  return line.confirmed + (worth - rest) / 1000 + (rest > 0 and 1 or 0)
end

local function place(line)
  if line.op ~= READY then return NONE, line.op end
  if line.status ~= ACTIVE then
    return NONE, line.status == FLAGGED and IS_FLAGGED or line.status == RELEASED_LINE and IS_RELEASED or IS_UNKNOWN
  end
  if line.reputation >= CRITICAL then return NONE, line.reputation == CRITICAL and IS_CRITICAL or IS_UNKNOWN end
  if line.suspected == 1 then return NONE, IS_SUSPECTED end
  if line.weight == 0 then return NONE, PARKED end
  local load = load_of(line)
  if load >= line.capacity then return NONE, FULL end
  if line.reputation == AT_RISK then return 2, IS_AT_RISK end
  if load >= line.target then return 1, TARGET end
  if line.allowance ~= NO_LIMIT and line.new_24h >= line.allowance then
    return 1, line.warming == 1 and WARM_UP or GUIDELINE
  end
  if line.start_allowance ~= NO_LIMIT and line.started_24h >= line.start_allowance then return 1, GUIDELINE end
  return 0, OPEN
end

local function can_carry(line) return line and line.status == ACTIVE and line.op ~= RETIRED end

-- Where `slot` stands, or would stand, among the lines that may be a backup.
local function live_index(live, slot)
  local low, high = 1, #live + 1
  while low < high do
    local middle = low + high
    middle = (middle - middle % 2) / 2
    if live[middle] < slot then low = middle + 1 else high = middle end
  end
  return low
end

local function set_live(pool, slot, is_live)
  local index = live_index(pool.live, slot)
  local is_in = pool.live[index] == slot
  if is_live and not is_in then table.insert(pool.live, index, slot) end
  if is_in and not is_live then table.remove(pool.live, index) end
end

local function withdraw(pool, slot, line)
  touch(pool, slot)
  if line.tier ~= NONE then leave(pool, slot, line) end
end

local function enter(pool, slot, line, old_gate)
  local tier, gate = place(line)
  if old_gate then pool.gates[old_gate] = pool.gates[old_gate] - 1 end
  pool.gates[gate] = pool.gates[gate] + 1
  line.gate = gate
  if tier ~= NONE then join(pool, slot, line, tier, line.at) end
  set_live(pool, slot, tier <= 1)
end

-- Put a line where it belongs after something about it changed.
local function replace_line(pool, slot, line)
  touch(pool, slot)
  local tier, gate = place(line)
  if tier ~= line.tier or gate ~= line.gate then
    withdraw(pool, slot, line)
    enter(pool, slot, line, line.gate)
  end
end

-- `came` people arrived on the line; all three may be negative.
local function count(pool, slot, reserved, confirmed, came)
  local line = pool.line[slot]
  if not line then return end
  line.reserved, line.confirmed = line.reserved + reserved, line.confirmed + confirmed
  line.new_24h, line.new_hour = line.new_24h + came, line.new_hour + came
  replace_line(pool, slot, line)
end

local function without(live, excluded)
  local left = {}
  for _, slot in ipairs(live) do
    if not excluded[slot] then left[#left + 1] = slot end
  end
  return left
end

-- `met` people came to the primary without a pick, and turn the wheel as well. At most three, for a record has no room
-- for more. The second differs from the first, since 0 < stride < others.
local function choose_backups(pool, primary, wanted, excluded, met)
  local live = next(excluded) and without(pool.live, excluded) or pool.live
  local hole, others = live_index(live, primary), #live
  if live[hole] == primary then others = others - 1 else hole = others + 1 end
  if wanted > others then wanted = others end
  if wanted == 0 then return {} end
  local turn = pool.line[primary].picks + (met or 0)
  local stride = others > 1 and 1 + (turn - turn % others) / others % (others - 1) or 1
  local first = (turn + primary) % others
  local second = (first + stride) % others
  local third = (second + stride) % others
  while wanted > 2 and (third == first or third == second) do third = (third + 1) % others end
  return {live[first + 1 < hole and first + 1 or first + 2],
          wanted > 1 and live[second + 1 < hole and second + 1 or second + 2] or nil,
          wanted > 2 and live[third + 1 < hole and third + 1 or third + 2] or nil}
end
