--[[ delete_pool: undo a pool that nobody was ever given a line of, nor a place on its waitlist.
  keys  1-2 the pool   3 config string   4 version string   5 photo string   6 line hash   7 numbers hash
        8 health hash   9 arrivals hash   10 measured string   11 tickets string
  reply {'deleted'} | {'used', people it was ever given} | {'waited'} | {'unknown'}
  error BAD_ARG
  cost  O(lines), at most 1000 ]]

register('delete_pool', function(keys)
  if #keys ~= 11 then return redis.error_reply('BAD_ARG delete_pool needs 11 keys') end
  if redis.call('EXISTS', keys[3]) == 0 then return {'unknown'} end
  local people = 0
  for _, packed in ipairs(redis.call('HVALS', keys[1])) do
    local line = unpack_line(packed)
    people = people + math.max(line.picks, line.reserved + line.confirmed)
  end
  if people > 0 then return {'used', people} end
  if redis.call('EXISTS', keys[11]) == 1 then return {'waited'} end
  -- The version goes on, so that a pool made again under this id is not taken for the one a worker has at hand.
  redis.call('INCR', keys[4])
  redis.call('DEL', keys[1], keys[2], keys[3], unpack(keys, 5))
  return {'deleted'}
end)
