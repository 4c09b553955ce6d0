--[[ expire: give back the places of reservations that nobody confirmed in time, each exactly once.
  keys  1-2 the pool   3 due zset of minutes   4 due:<minute> list   5 traffic:<day> hash   6… an a:<prefix> hash a code
  args  1 writer   2 now_ms   3 minute   4… the first codes of the list, as it was read (at most 500)
  reply {'expired', count, left in the list}
  error BAD_ARG
  cost  O(codes). A second sweeper with the same codes finds them gone and changes nothing. ]]

-- A list that begins with the same code may have been trimmed by another sweeper: a person can be in it twice.
local function begins_as_read(list, codes, args)
  local head = redis.call('LRANGE', list, 0, codes - 1)
  for i = 1, codes do
    if head[i] ~= args[3 + i] then return false end
  end
  return true
end

register('expire', function(keys, args)
  local now_ms, minute = tonumber(args[2]), args[3]
  local codes = #args - 3
  if #keys ~= 5 + codes or not now_ms or not minute then
    return redis.error_reply('BAD_ARG expire needs 5 keys and one a code, a writer, now_ms and a minute')
  end
  local now_s, pool, call, expired = math.floor(now_ms / 1000), open_pool(keys, args[1]), {traffic = {}}, 0
  for i = 1, codes do
    local suffix = string.sub(args[3 + i], 4)
    local packed = redis.call('HGET', keys[5 + i], suffix)
    local r = packed and unpack_record(packed)
    if r and r.state == RESERVED and r.expires_s <= now_s then
      count(pool, r.slot, -1, 0, 0)
      r.state = EXPIRED
      note_traffic(call, r.slot, 'expired', 1)
      redis.call('HSET', keys[5 + i], suffix, pack_record(r))
      expired = expired + 1
    end
  end
  if codes > 0 and begins_as_read(keys[4], codes, args) then redis.call('LTRIM', keys[4], codes, -1) end
  local left = redis.call('LLEN', keys[4])
  if left == 0 then redis.call('ZREM', keys[3], minute) end
  write_traffic(call, keys[5])
  close_pool(pool, keys)
  return {'expired', expired, left}
end)
