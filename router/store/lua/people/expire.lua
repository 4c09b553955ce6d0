--[[ expire: give back the places of reservations that no text confirmed in time, each exactly once.
  uses  formats, pool, placement, records
  keys  1 lines hash   2 rotation string   3 due zset of minutes   4 due_list list of the minute
        5 traffic hash of the day
        each   records hash of the prefix
  args  1 writer   2 now_ms   3 minute
        each of 0 to 500   code
        where the codes are the first of the list, as it was read
  reply {'expired', count, left in the list}
  error BAD_ARG
  cost  O(codes). A second sweeper with the same codes finds them gone and changes nothing. ]]

-- Whether the list still begins with the codes that were read. Compare them all, not only the first: another sweeper
-- may have trimmed the list, and a person can be in it twice.
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
  local is_told = is_writer(args[1]) and now_ms and tonumber(minute)
  if #keys ~= 5 + codes or not is_told or not are_codes(args, 4, 1) then
    return redis.error_reply('BAD_ARG expire needs 5 keys and one a code, a writer, now_ms and a minute')
  end
  local now_s, pool, call, expired = math.floor(now_ms / 1000), open_pool(keys, args[1]), {traffic = {}}, 0
  for i = 1, codes do
    local suffix = string.sub(args[3 + i], 4)
    local packed = redis.call('HGET', keys[5 + i], suffix)
    local record = packed and unpack_record(packed)
    if record and record.state == STATE_RESERVED and record.expires_s <= now_s then
      count_people(pool, record.slot, -1, 0, 0)
      record.state = STATE_EXPIRED
      count_traffic(call, record.slot, 'expired', 1)
      redis.call('HSET', keys[5 + i], suffix, pack_record(record))
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
