--[[ delete_pool: delete a pool in which nobody was ever given a line, nor a place on the waitlist.
  uses  formats, pool
  keys  1 lines hash   2 rotation string   3 config string   4 version string   5 photo string   6 line hash
        7 numbers hash   8 health hash   9 arrivals hash   10 measured string   11 words hash
        12 tickets string
  reply {'deleted'} | {'used', people it was ever given} | {'waited'} | {'unknown'}
  error BAD_ARG
  cost  O(lines), at most 1000 ]]

register('delete_pool', function(keys, args)
  if #keys ~= 12 or #args ~= 0 then
    return redis.error_reply('BAD_ARG delete_pool needs 12 keys and no argument')
  end
  if redis.call('EXISTS', keys[3]) == 0 then return {'unknown'} end
  local people = 0
  for _, packed in ipairs(redis.call('HVALS', keys[1])) do
    local line = unpack_line(packed)
    people = people + math.max(line.picks, line.reserved + line.confirmed)
  end
  if people > 0 then return {'used', people} end
  if redis.call('EXISTS', keys[12]) == 1 then return {'waited'} end
  -- The version counts on: if a pool is created under this id again, no worker must confuse it with the cached one.
  redis.call('INCR', keys[4])
  redis.call('DEL', keys[1], keys[2], keys[3], unpack(keys, 5))
  return {'deleted'}
end)
