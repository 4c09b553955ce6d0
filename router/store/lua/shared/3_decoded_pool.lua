--[[ decoded pool: from the two keys into memory, and back.

  The keys are the truth. Decoding them costs O(lines), so the decoded pool is kept in the server's memory between
  calls, and used only if the header still names its writer and sequence number: a restart, a failover, a restored
  backup or another release's call makes them differ, and the pool is decoded again. A call takes the decoded pool out
  and puts it back when all is written, so an error in between leaves none behind. ]]

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
  line.op, line.status, line.reputation, line.suspected, line.tier, line.gate, line.warming, line.weight, line.capacity,
    line.target, line.allowance, line.conversion, line.start_allowance, line.reserved, line.confirmed, line.new_24h,
    line.new_hour, line.started_24h, line.started_hour, line.picks, line.at = struct.unpack(LINE, packed)
  weigh(line, line.weight)
  return line
end

local function pack_line(l)
  return struct.pack(LINE, l.op, l.status, l.reputation, l.suspected, l.tier, l.gate, l.warming, l.weight, l.capacity,
    l.target, l.allowance, l.conversion, l.start_allowance, l.reserved, l.confirmed, l.new_24h, l.new_hour,
    l.started_24h, l.started_hour, l.picks, l.at)
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
    fields[#fields + 1] = member(slot)
    fields[#fields + 1] = pack_line(pool.line[slot])
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
