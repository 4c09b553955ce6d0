--[[ put_line: add a line, or change what the operator wants of it. What the provider says about it stays.
  uses  formats, pool, placement, health
  keys  1 lines hash   2 rotation string   3 line hash slot → JSON   4 numbers hash number → slot   5 version string
        6 config string
  args  1 writer   2 number   3 slot, or '' for a new line   4 revision the change was decided on (0 for a new line)
        5 settings, JSON in which the text "SLOT" stands for the slot   6 operator_state   7 weight in effect
        8 capacity   9 target   10 new_per_day, or ''   11 conversion_permille   12 started_per_day, or ''
        13 is_warming, 1 or 0   14 most_fields that `numbers` may have
  reply {'put', slot} | {'exists'} (the number is in the pool) | {'stale'} (someone changed it first) | {'unknown'} |
        {'full'} | {'no_pool'}
  error BAD_ARG
  cost  O(log lines) ]]

register('put_line', function(keys, args)
  local number, slot, revision, json = args[2], tonumber(args[3]), tonumber(args[4]), args[5]
  local numbers = {}
  for i = 6, 14 do numbers[i] = (i == 10 or i == 12) and args[i] == '' and NO_LIMIT or tonumber(args[i]) end
  if #keys ~= 6 or #args ~= 14 or not is_writer(args[1]) or not revision or not (slot or args[3] == '') then
    return redis.error_reply('BAD_ARG put_line needs 6 keys and 14 arguments')
  end
  for i = 6, 14 do
    if not numbers[i] then return redis.error_reply('BAD_ARG put_line: argument ' .. i .. ' is not a number') end
  end
  if redis.call('EXISTS', keys[6]) == 0 then return {'no_pool'} end
  if slot then
    local stored = redis.call('HGET', keys[3], slot_field(slot))
    if not stored then return {'unknown'} end
    if cjson.decode(stored).revision ~= revision then return {'stale'} end
  else
    if redis.call('HEXISTS', keys[4], number) == 1 then return {'exists'} end
    if redis.call('HLEN', keys[4]) >= numbers[14] then return {'full'} end
    slot = redis.call('HINCRBY', keys[4], 'next', 1) - 1
  end
  local pool = open_pool(keys, args[1])
  local line = pool.line[slot]
  local gate = line and line.gate
  if not line then
    line = {status = STATUS_ACTIVE, reputation = 0, suspected = 0, tier = NO_TIER, reserved = 0, confirmed = 0,
            new_24h = 0, new_hour = 0, started_24h = 0, started_hour = 0, picks = 0, at = 0}
    pool.line[slot] = line
  end
  withdraw(pool, slot, line)
  line.operator_state = numbers[6]
  set_limits(line, unpack(numbers, 7, 13))
  enter(pool, slot, line, gate)
  redis.call('HSET', keys[3], slot_field(slot), (string.gsub(json, '"SLOT"', tostring(slot))))
  redis.call('HSET', keys[4], number, slot)
  redis.call('INCR', keys[5])
  close_pool(pool, keys)
  return {'put', slot}
end)
