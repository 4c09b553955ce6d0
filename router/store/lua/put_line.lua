--[[ put_line: add a line, or change what the operator wants of it; what the provider says of it stays.
  keys  1-2 the pool   3 line hash slot → JSON   4 numbers hash number → slot   5 version string   6 config string
  args  1 writer   2 number   3 slot, or '' for a new line   4 revision the change was decided on (0 for a new line)
        5 JSON of the line, in which the text "SLOT" stands for its slot   6 operator state
        7 effective weight   8 capacity   9 target   10 allowance of new people a day, or ''   11 conversion
        12 allowance of conversations started a day, or ''   13 1 if warming   14 highest number of lines
  reply {'put', slot} | {'exists'} (the number is in the pool) | {'stale'} (someone changed it first) | {'unknown'} |
        {'full'} | {'no_pool'}
  error BAD_ARG
  cost  O(log lines) ]]

register('put_line', function(keys, args)
  local number, slot, revision, json = args[2], tonumber(args[3]), tonumber(args[4]), args[5]
  local numbers = {}
  for i = 6, 14 do numbers[i] = args[i] == '' and NO_LIMIT or tonumber(args[i]) end
  if #keys ~= 6 or #args ~= 14 or not revision then
    return redis.error_reply('BAD_ARG put_line needs 6 keys and 14 arguments')
  end
  for i = 6, 14 do
    if not numbers[i] then return redis.error_reply('BAD_ARG put_line: argument ' .. i .. ' is not a number') end
  end
  if redis.call('EXISTS', keys[6]) == 0 then return {'no_pool'} end
  if slot then
    local kept = redis.call('HGET', keys[3], member(slot))
    if not kept then return {'unknown'} end
    if cjson.decode(kept).revision ~= revision then return {'stale'} end
  else
    if redis.call('HEXISTS', keys[4], number) == 1 then return {'exists'} end
    if redis.call('HLEN', keys[4]) >= numbers[14] then return {'full'} end
    slot = redis.call('HINCRBY', keys[4], 'next', 1) - 1
  end
  local pool = open_pool(keys, args[1])
  local line = pool.line[slot]
  local gate = line and line.gate
  if not line then
    line = {status = ACTIVE, reputation = 0, suspected = 0, tier = NONE, reserved = 0, confirmed = 0, new_24h = 0,
            new_hour = 0, started_24h = 0, started_hour = 0, picks = 0, at = 0}
    pool.line[slot] = line
  end
  withdraw(pool, slot, line)
  line.op = numbers[6]
  set_limits(line, unpack(numbers, 7, 13))
  enter(pool, slot, line, gate)
  redis.call('HSET', keys[3], member(slot), (string.gsub(json, '"SLOT"', tostring(slot))))
  redis.call('HSET', keys[4], number, slot)
  redis.call('INCR', keys[5])
  close_pool(pool, keys)
  return {'put', slot}
end)
