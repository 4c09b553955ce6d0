--[[ placement: the tier and the gate of each line, the choice of backups, and the count of people on a line; the twin
  of core/line.py and core/picking/picker.py.
  uses  formats, pool, rotation ]]

-- The people a line is expected to carry. `conversion` is the share of reservations that become texts, in thousandths;
-- the sum is rounded up.
local function load_of(line)
  if line.conversion == 1000 then return line.reserved + line.confirmed end
  local worth = line.reserved * line.conversion
  local rest = math.fmod(worth, 1000)
  return line.confirmed + (worth - rest) / 1000 + (rest > 0 and 1 or 0)
end

local function placement_of(line)
  if line.operator_state ~= OPERATOR_READY then return NO_TIER, line.operator_state end
  if line.status ~= STATUS_ACTIVE then
    if line.status == STATUS_FLAGGED then return NO_TIER, GATE_FLAGGED end
    return NO_TIER, line.status == STATUS_RELEASED and GATE_RELEASED or GATE_UNKNOWN
  end
  if line.reputation >= REPUTATION_CRITICAL then
    return NO_TIER, line.reputation == REPUTATION_CRITICAL and GATE_CRITICAL or GATE_UNKNOWN
  end
  if line.suspected == 1 then return NO_TIER, GATE_SUSPECTED end
  if line.weight == 0 then return NO_TIER, GATE_PARKED end
  local load = load_of(line)
  if load >= line.capacity then return NO_TIER, GATE_FULL end
  if line.reputation == REPUTATION_AT_RISK then return 2, GATE_AT_RISK end
  if load >= line.target then return 1, GATE_TARGET end
  if line.allowance ~= NO_LIMIT and line.new_24h >= line.allowance then
    return 1, line.warming == 1 and GATE_WARM_UP or GATE_GUIDELINE
  end
  if line.start_allowance ~= NO_LIMIT and line.started_24h >= line.start_allowance then return 1, GATE_GUIDELINE end
  return 0, GATE_OPEN
end

-- Whether the number of this line is ours. One that we gave back may be a stranger's soon.
local function is_ours(line)
  return line and line.operator_state ~= OPERATOR_RETIRED and line.status ~= STATUS_RELEASED
end

-- Whether a person can text this line and be answered.
local function can_carry(line)
  return line and line.status == STATUS_ACTIVE and line.operator_state ~= OPERATOR_RETIRED
end

local function withdraw(pool, slot, line)
  mark_changed(pool, slot)
  if line.tier ~= NO_TIER then leave(pool, slot, line) end
end

local enter, choose_backups
do
  -- The index of `slot` in the ordered list of lines that may be a backup, or the index it would have.
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

  function enter(pool, slot, line, old_gate)
    local tier, gate = placement_of(line)
    if old_gate then pool.gates[old_gate] = pool.gates[old_gate] - 1 end
    pool.gates[gate] = pool.gates[gate] + 1
    line.gate = gate
    if tier ~= NO_TIER then join(pool, slot, line, tier, line.at) end
    set_live(pool, slot, tier <= 1)
  end

  local function live_without(live, excluded)
    local left = {}
    for _, slot in ipairs(live) do
      if not excluded[slot] then left[#left + 1] = slot end
    end
    return left
  end

  -- Choose at most three backups for people on the line `primary`: a record has no room for more. The choice turns like a
  -- wheel, by one for each person. `met` people came to the primary without a pick; they turn the wheel as well. The
  -- second backup differs from the first, since 0 < stride < others.
  function choose_backups(pool, primary, wanted, excluded, met)
    local live = next(excluded) and live_without(pool.live, excluded) or pool.live
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
end

-- Put a line in the tier where it belongs now, after something about it changed.
local function reposition(pool, slot, line)
  mark_changed(pool, slot)
  local tier, gate = placement_of(line)
  if tier ~= line.tier or gate ~= line.gate then
    withdraw(pool, slot, line)
    enter(pool, slot, line, line.gate)
  end
end

-- Add to a line's counts: people with a reservation, people confirmed, and people who arrived. All three may be
-- negative.
local function count_people(pool, slot, reserved, confirmed, came)
  local line = pool.line[slot]
  if not line then return end
  line.reserved, line.confirmed = line.reserved + reserved, line.confirmed + confirmed
  line.new_24h, line.new_hour = line.new_24h + came, line.new_hour + came
  reposition(pool, slot, line)
end
