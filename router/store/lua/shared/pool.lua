--[[ pool: decode a pool from its two keys, and write it back.
  uses  formats, heaps

  The keys are the truth. Decoding them costs O(lines), so the decoded pool stays in the server's memory between calls.
  It is used only if the header still names its writer and sequence number. After a restart, a failover, a restored
  backup or a call of another release they differ, and the pool is decoded again. A call removes the decoded pool first
  and puts it back when all is written, so an error in between leaves none behind. ]]

-- The stride is stored in the decoded line, because fmod is slow.
local function set_weight(line, weight)
  line.weight = weight
  if weight > 0 then line.stride = (SCALE - math.fmod(SCALE, weight)) / weight end
end

local function enter_heap(pool, slot, line)
  local tier = line.tier
  if line.at <= pool.time[tier] then
    push(pool.ready[tier], slot, line.at + line.stride)
  else
    push(pool.wait[tier], slot, line.at)
  end
end

local function leave_heap(pool, slot, line)
  if not remove(pool.ready[line.tier], slot) then remove(pool.wait[line.tier], slot) end
end

local function unpack_line(packed)
  local line = {}
  line.operator_state, line.status, line.reputation, line.suspected, line.tier, line.gate, line.warming, line.weight,
    line.capacity, line.target, line.allowance, line.conversion, line.start_allowance, line.reserved, line.confirmed,
    line.new_24h, line.new_hour, line.started_24h, line.started_hour, line.picks, line.at =
    struct.unpack(LINE_FORMAT, packed)
  set_weight(line, line.weight)
  return line
end

local function pack_line(line)
  return struct.pack(LINE_FORMAT, line.operator_state, line.status, line.reputation, line.suspected, line.tier,
    line.gate, line.warming, line.weight, line.capacity, line.target, line.allowance, line.conversion,
    line.start_allowance, line.reserved, line.confirmed, line.new_24h, line.new_hour, line.started_24h,
    line.started_hour, line.picks, line.at)
end

local function decode_pool(keys, header)
  local pool = {line = {}, live = {}, ready = {}, wait = {}, time = {}, rest = {}, weight = {},
                step = {}, step_rest = {}, gates = {}}
  pool.hour, pool.time[0], pool.time[1], pool.time[2], pool.rest[0], pool.rest[1], pool.rest[2] =
    0, 0, 0, 0, 0, 0, 0
  if header then
    pool.hour, pool.time[0], pool.time[1], pool.time[2], pool.rest[0], pool.rest[1], pool.rest[2] =
      select(3, struct.unpack(ROTATION_FORMAT, header))
  end
  for tier = 0, 2 do pool.ready[tier], pool.wait[tier], pool.weight[tier] = new_heap(), new_heap(), 0 end
  for gate = 0, GATE_COUNT - 1 do pool.gates[gate] = 0 end
  local stored = redis.call('HGETALL', keys[1])
  for i = 1, #stored, 2 do
    local slot, line = tonumber(stored[i]), unpack_line(stored[i + 1])
    pool.line[slot] = line
    pool.gates[line.gate] = pool.gates[line.gate] + 1
    if line.tier ~= NO_TIER then
      pool.weight[line.tier] = pool.weight[line.tier] + line.weight
      enter_heap(pool, slot, line)
    end
    if line.tier <= 1 then pool.live[#pool.live + 1] = slot end
  end
  table.sort(pool.live)
  return pool
end

-- Every call that changes the pool opens it with a random `writer` of eight bytes. A call that decodes the pool signs
-- it with its writer.
local function open_pool(keys, writer)
  local header = redis.call('GET', keys[2])
  local pool = decoded[keys[2]]
  if pool then
    decoded[keys[2]] = nil
    decoded_count = decoded_count - 1
  end
  local last_writer, sequence
  if header then last_writer, sequence = struct.unpack(ROTATION_HEAD_FORMAT, header) end
  if not pool or pool.writer ~= last_writer or pool.sequence ~= sequence then
    pool = decode_pool(keys, header)
    pool.writer, pool.sequence = writer, sequence or 0
  end
  pool.changed = {}
  return pool
end

local function mark_changed(pool, slot) pool.changed[slot] = true end

local function close_pool(pool, keys)
  local fields = {}
  for slot in pairs(pool.changed) do
    fields[#fields + 1] = slot_field(slot)
    fields[#fields + 1] = pack_line(pool.line[slot])
  end
  -- unpack() takes about 8000 values at most; a pool has at most 1000 lines.
  if #fields > 0 then redis.call('HSET', keys[1], unpack(fields)) end
  if #fields > 0 or pool.must_save then
    pool.sequence, pool.must_save = pool.sequence + 1, nil
    redis.call('SET', keys[2], struct.pack(ROTATION_FORMAT, pool.writer, pool.sequence, pool.hour, pool.time[0],
      pool.time[1], pool.time[2], pool.rest[0], pool.rest[1], pool.rest[2]))
  elseif redis.call('STRLEN', keys[2]) == 0 then
    return -- a pool without a header is not kept in memory: the next call could not see whether it changed
  end
  if decoded_count >= MAX_DECODED_POOLS then decoded, decoded_count = {}, 0 end
  decoded[keys[2]], decoded_count = pool, decoded_count + 1
end

-- The lines of a pool for a call that only reads: the decoded pool if it is current, else each line when it is needed.
local function lines_of(keys)
  local pool = decoded[keys[2]]
  local header = pool and redis.call('GET', keys[2])
  if header then
    local writer, sequence = struct.unpack(ROTATION_HEAD_FORMAT, header)
    if pool.writer == writer and pool.sequence == sequence then return pool.line end
  end
  return setmetatable({}, {__index = function(known, slot)
    local packed = redis.call('HGET', keys[1], slot_field(slot))
    known[slot] = packed and unpack_line(packed) or false
    return known[slot]
  end})
end
