--[[ prelude: what all operations share.

  A pool's picking state is two keys, always the first two of a call:
    1 lines     hash    slot → packed line (LINE)
    2 rotation  string  packed header: who wrote last, the hour, the virtual times (ROTATION)
  The rules are core/line.py, core/rotation.py and core/picker.py; this file must agree with them step for step.
  All numbers are integers below 2^53. math, string, struct and cmsgpack are not visible while the library loads, so
  they are only touched inside functions.

  The keys are the truth. Decoding them costs O(lines), so the decoded pool is kept in the server's memory between
  calls, and used only if the header still names its writer and sequence number: a restart, a failover, a restored
  backup or another release's call makes them differ, and the pool is decoded again. A call takes the decoded pool out
  and puts it back when all is written, so an error in between leaves none behind. ]]

local SCALE, REBASE_AT = 2 ^ 44, 2 ^ 51
local NONE, NO_SLOT, NO_LIMIT = 3, 65535, 4294967295
local READY, RETIRED = 0, 3
local ACTIVE, FLAGGED = 0, 1
local AT_RISK, CRITICAL = 1, 2
local OPEN, IS_FLAGGED, IS_CRITICAL, IS_UNKNOWN, PARKED, FULL, IS_AT_RISK, TARGET, GUIDELINE, WARM_UP =
  0, 4, 5, 6, 7, 8, 9, 10, 11, 12
local GATES = 13
local LINE = '>BBBBBBI4I4I4I4I4I4I4I4d'
local ROTATION = '>c8dI4dddddd'
local RECORD = '>BBHHHHI4I4I4'
local RESERVED, CONFIRMED, MOVING, RELEASED, EXPIRED, OPTED_OUT = 0, 1, 2, 3, 4, 5
local MAX_DECODED_POOLS = 256

local decoded, decoded_count = {}, 0

local function register(name, callback, flags)
  redis.register_function{function_name = name .. '_SWITCHYARD_HASH', callback = callback, flags = flags}
end

local function member(slot) return string.format('%05d', slot) end

-- Integer division towards zero, exact where a / b would round up to the next integer.
local function divide(a, b) return (a - math.fmod(a, b)) / b end

-- heaps: slots by (key, slot), smallest first, each slot's place known ----------------------------------------------

local function new_heap() return {slot = {}, key = {}, place = {}, size = 0} end

-- Both move a hole to where (slot, key) belongs, from index i up or down, and fill it.
local function rise(heap, i, slot, key)
  local slots, keys, place = heap.slot, heap.key, heap.place
  while i > 1 do
    local parent = (i - i % 2) / 2
    local parent_slot, parent_key = slots[parent], keys[parent]
    if parent_key < key or (parent_key == key and parent_slot < slot) then break end
    slots[i], keys[i], place[parent_slot] = parent_slot, parent_key, i
    i = parent
  end
  slots[i], keys[i], place[slot] = slot, key, i
end

local function sink(heap, i, slot, key)
  local slots, keys, place, size = heap.slot, heap.key, heap.place, heap.size
  local child = 2 * i
  while child <= size do
    local child_slot, child_key = slots[child], keys[child]
    if child < size then
      local other_slot, other_key = slots[child + 1], keys[child + 1]
      if other_key < child_key or (other_key == child_key and other_slot < child_slot) then
        child, child_slot, child_key = child + 1, other_slot, other_key
      end
    end
    if key < child_key or (key == child_key and slot < child_slot) then break end
    slots[i], keys[i], place[child_slot] = child_slot, child_key, i
    i, child = child, 2 * child
  end
  slots[i], keys[i], place[slot] = slot, key, i
end

local function push(heap, slot, key)
  heap.size = heap.size + 1
  rise(heap, heap.size, slot, key)
end

-- Returns whether the slot was there.
local function remove(heap, slot)
  local i, last = heap.place[slot], heap.size
  if not i then return false end
  local last_slot, last_key = heap.slot[last], heap.key[last]
  heap.slot[last], heap.key[last], heap.place[slot], heap.size = nil, nil, nil, last - 1
  if i < last then
    sink(heap, i, last_slot, last_key)
    if heap.place[last_slot] == i then rise(heap, i, last_slot, last_key) end
  end
  return true
end

-- the decoded pool ---------------------------------------------------------------------------------------------------

-- Kept in the decoded line: fmod is slow.
local function weigh(line, weight)
  line.weight = weight
  if weight > 0 then line.stride = (SCALE - math.fmod(SCALE, weight)) / weight end
end

local function queue(pool, slot, line)
  local tier = line.tier
  if line.at <= pool.time[tier] then
    push(pool.ready[tier], slot, line.at + line.stride)
  else
    push(pool.wait[tier], slot, line.at)
  end
end

local function unqueue(pool, slot, line)
  if not remove(pool.ready[line.tier], slot) then remove(pool.wait[line.tier], slot) end
end

local function unpack_line(packed)
  local line = {}
  line.op, line.status, line.reputation, line.tier, line.gate, line.warming, line.weight, line.capacity, line.target,
    line.allowance, line.reserved, line.confirmed, line.new_24h, line.picks, line.at = struct.unpack(LINE, packed)
  weigh(line, line.weight)
  return line
end

local function decode_pool(keys, header)
  local pool = {line = {}, live = {}, ready = {}, wait = {}, time = {}, rest = {}, weight = {},
                step = {}, step_rest = {}, gates = {}}
  pool.hour, pool.time[0], pool.time[1], pool.time[2], pool.rest[0], pool.rest[1], pool.rest[2] =
    0, 0, 0, 0, 0, 0, 0
  if header then
    pool.hour, pool.time[0], pool.time[1], pool.time[2], pool.rest[0], pool.rest[1], pool.rest[2] =
      select(3, struct.unpack(ROTATION, header))
  end
  for tier = 0, 2 do pool.ready[tier], pool.wait[tier], pool.weight[tier] = new_heap(), new_heap(), 0 end
  for gate = 0, GATES - 1 do pool.gates[gate] = 0 end
  local kept = redis.call('HGETALL', keys[1])
  for i = 1, #kept, 2 do
    local slot, line = tonumber(kept[i]), unpack_line(kept[i + 1])
    pool.line[slot] = line
    pool.gates[line.gate] = pool.gates[line.gate] + 1
    if line.tier ~= NONE then
      pool.weight[line.tier] = pool.weight[line.tier] + line.weight
      queue(pool, slot, line)
    end
    if line.tier <= 1 then pool.live[#pool.live + 1] = slot end
  end
  table.sort(pool.live)
  return pool
end

-- Every call that changes the pool opens it with a random `writer` of eight bytes; it signs the pool if it decodes it.
local function open_pool(keys, writer)
  local header = redis.call('GET', keys[2])
  local pool = decoded[keys[2]]
  if pool then
    decoded[keys[2]] = nil
    decoded_count = decoded_count - 1
  end
  local last_writer, sequence
  if header then last_writer, sequence = struct.unpack('>c8d', header) end
  if not pool or pool.writer ~= last_writer or pool.sequence ~= sequence then
    pool = decode_pool(keys, header)
    pool.writer, pool.sequence = writer, sequence or 0
  end
  pool.changed = {}
  return pool
end

local function touch(pool, slot) pool.changed[slot] = true end

local function close_pool(pool, keys)
  local fields = {}
  for slot in pairs(pool.changed) do
    local l = pool.line[slot]
    fields[#fields + 1] = member(slot)
    fields[#fields + 1] = struct.pack(LINE, l.op, l.status, l.reputation, l.tier, l.gate, l.warming, l.weight,
      l.capacity, l.target, l.allowance, l.reserved, l.confirmed, l.new_24h, l.picks, l.at)
  end
  -- unpack() can take about 8000 values; a pool has at most 1000 lines.
  if #fields > 0 then redis.call('HSET', keys[1], unpack(fields)) end
  if #fields > 0 or pool.must_save then
    pool.sequence, pool.must_save = pool.sequence + 1, nil
    redis.call('SET', keys[2], struct.pack(ROTATION, pool.writer, pool.sequence, pool.hour, pool.time[0], pool.time[1],
      pool.time[2], pool.rest[0], pool.rest[1], pool.rest[2]))
  elseif redis.call('STRLEN', keys[2]) == 0 then
    return -- nothing is kept of a pool that has no header: the next call could not tell whether it changed
  end
  if decoded_count >= MAX_DECODED_POOLS then decoded, decoded_count = {}, 0 end
  decoded[keys[2]], decoded_count = pool, decoded_count + 1
end

-- rotation -----------------------------------------------------------------------------------------------------------

local function total_becomes(pool, tier, weight)
  pool.weight[tier], pool.rest[tier], pool.step[tier] = weight, 0, nil
end

local function join(pool, slot, line, tier, lag)
  line.tier = tier
  line.at = pool.time[tier] - divide(lag, line.weight)
  total_becomes(pool, tier, pool.weight[tier] + line.weight)
  queue(pool, slot, line)
end

local function lag_of(pool, line)
  local behind, stride = pool.time[line.tier] - line.at, line.stride
  if behind >= stride then return SCALE end
  if behind <= -stride then return -SCALE end
  return line.weight * behind
end

-- `at` is the virtual eligible time of a line in a rotation, and its lag while it is in none.
local function leave(pool, slot, line)
  unqueue(pool, slot, line)
  total_becomes(pool, line.tier, pool.weight[line.tier] - line.weight)
  line.at = lag_of(pool, line)
  line.tier = NONE
end

-- Once in REBASE_AT units of virtual time; O(lines).
local function rebase(pool, tier)
  local base = pool.time[tier]
  pool.time[tier], pool.ready[tier], pool.wait[tier] = 0, new_heap(), new_heap()
  for slot, line in pairs(pool.line) do
    if line.tier == tier then
      line.at = line.at - base
      queue(pool, slot, line)
      touch(pool, slot)
    end
  end
end

-- Lines whose virtual eligible time has come move from wait to ready: each pick makes at most one wait, so this is
-- O(log lines) a pick over time.
local function wake(pool, tier)
  local wait, now = pool.wait[tier], pool.time[tier]
  while wait.size > 0 and wait.key[1] <= now do
    local slot = wait.slot[1]
    remove(wait, slot)
    local line = pool.line[slot]
    push(pool.ready[tier], slot, line.at + line.stride)
  end
end

-- The earliest deadline of all, when nothing is eligible: rare, O(lines).
local function earliest_of_waiting(pool, tier, excluded)
  local best, best_deadline
  for _, slot in ipairs(pool.wait[tier].slot) do
    local line = pool.line[slot]
    local deadline = line.at + line.stride
    if not excluded[slot] and (not best or deadline < best_deadline or (deadline == best_deadline and slot < best)) then
      best, best_deadline = slot, deadline
    end
  end
  return best
end

local function next_in(pool, tier, excluded)
  wake(pool, tier)
  local ready = pool.ready[tier]
  if not next(excluded) then return ready.slot[1] or earliest_of_waiting(pool, tier, excluded) end
  local passed_over = {}
  while ready.size > 0 and excluded[ready.slot[1]] do
    passed_over[#passed_over + 1] = ready.slot[1]
    remove(ready, ready.slot[1])
  end
  local slot = ready.slot[1]
  for _, other in ipairs(passed_over) do push(ready, other, pool.line[other].at + pool.line[other].stride) end
  return slot or earliest_of_waiting(pool, tier, excluded)
end

-- Virtual time moves by 1/W a pick: whole units, and a rest in 1/W of a unit that adds up.
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

-- Lines passed over for one person alone move along with virtual time, so they keep their lag.
local function pass_over(pool, tier, passed)
  local total = pool.weight[tier]
  for _, slot in ipairs(passed) do total = total - pool.line[slot].weight end
  local step = (SCALE - math.fmod(SCALE, total)) / total
  pool.time[tier] = pool.time[tier] + step
  for _, slot in ipairs(passed) do
    local line = pool.line[slot]
    unqueue(pool, slot, line)
    line.at = line.at + step
    queue(pool, slot, line)
    touch(pool, slot)
  end
end

local function excluded_from(pool, tier, excluded)
  local passed = {}
  for slot in pairs(excluded) do
    local line = pool.line[slot]
    if line and line.tier == tier then passed[#passed + 1] = slot end
  end
  return passed
end

-- Charge a line one pick.
local function charge(pool, slot, excluded)
  local line = pool.line[slot]
  local tier = line.tier
  unqueue(pool, slot, line)
  line.at = line.at + line.stride
  touch(pool, slot)
  local passed = next(excluded) and excluded_from(pool, tier, excluded)
  if passed and passed[1] then
    pass_over(pool, tier, passed)
  else
    pool.time[tier] = pool.time[tier] + step_of(pool, tier)
  end
  queue(pool, slot, line)
  if pool.time[tier] >= REBASE_AT then rebase(pool, tier) end
end

-- gates and places ---------------------------------------------------------------------------------------------------

local function place(line)
  if line.op ~= READY then return NONE, line.op end
  if line.status ~= ACTIVE then return NONE, line.status == FLAGGED and IS_FLAGGED or IS_UNKNOWN end
  if line.reputation >= CRITICAL then return NONE, line.reputation == CRITICAL and IS_CRITICAL or IS_UNKNOWN end
  if line.weight == 0 then return NONE, PARKED end
  local load = line.reserved + line.confirmed
  if load >= line.capacity then return NONE, FULL end
  if line.reputation == AT_RISK then return 2, IS_AT_RISK end
  if load >= line.target then return 1, TARGET end
  if line.allowance ~= NO_LIMIT and line.new_24h >= line.allowance then
    return 1, line.warming == 1 and WARM_UP or GUIDELINE
  end
  return 0, OPEN
end

local function can_carry(line) return line and line.status == ACTIVE and line.op ~= RETIRED end

-- Where `slot` stands, or would stand, among the lines that may be a backup.
local function live_index(live, slot)
  local low, high = 1, #live + 1
  while low < high do
    local middle = math.floor((low + high) / 2)
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

local function count(pool, slot, reserved, confirmed, new_24h)
  local line = pool.line[slot]
  if not line then return end
  line.reserved, line.confirmed, line.new_24h =
    line.reserved + reserved, line.confirmed + confirmed, line.new_24h + new_24h
  touch(pool, slot)
  local tier, gate = place(line)
  if tier ~= line.tier or gate ~= line.gate then
    withdraw(pool, slot, line)
    enter(pool, slot, line, line.gate)
  end
end

local function without(live, excluded)
  local left = {}
  for _, slot in ipairs(live) do
    if not excluded[slot] then left[#left + 1] = slot end
  end
  return left
end

local function choose_backups(pool, primary, wanted, excluded)
  local live, chosen = next(excluded) and without(pool.live, excluded) or pool.live, {}
  local hole, others = live_index(live, primary), #live
  if live[hole] == primary then others = others - 1 else hole = others + 1 end
  local turn = pool.line[primary].picks
  local stride = others > 1 and 1 + math.floor(turn / others) % (others - 1) or 1
  local taken = {}
  for i = 0, math.min(wanted, others) - 1 do
    local index = (turn + primary + i * stride) % others
    while taken[index] do index = (index + 1) % others end
    taken[index] = true
    chosen[i + 1] = live[index + 1 < hole and index + 1 or index + 2]
  end
  return chosen
end

-- records ------------------------------------------------------------------------------------------------------------

local function unpack_record(packed)
  local r = {backups = {}}
  local b1, b2, b3
  r.state, r.tier, r.slot, b1, b2, b3, r.created_s, r.expires_s, r.confirmed_s = struct.unpack(RECORD, packed)
  for _, backup in ipairs({b1, b2, b3}) do
    if backup ~= NO_SLOT then r.backups[#r.backups + 1] = backup end
  end
  return r
end

local function pack_record(r)
  return struct.pack(RECORD, r.state, r.tier, r.slot, r.backups[1] or NO_SLOT, r.backups[2] or NO_SLOT,
    r.backups[3] or NO_SLOT, r.created_s, r.expires_s, r.confirmed_s)
end

-- The line a person should text now: their own, else their first backup that can carry them.
local function route(lines, r)
  if can_carry(lines[r.slot]) then return r.slot end
  for _, backup in ipairs(r.backups) do
    if can_carry(lines[backup]) then return backup end
  end
  return NO_SLOT
end

-- Where a person stands, as core.assignment.Assignment reads it.
local function standing(code, r, slot)
  return {code, r.state, slot == NO_SLOT and -1 or slot, r.slot, r.backups, r.tier, r.created_s, r.expires_s,
          r.confirmed_s}
end

-- What became of a request, as core.assignment.Signup reads it.
local function answer(word, reason, code, r, slot, is_new)
  return {word, reason, is_new, '', standing(code, r, slot)}
end
