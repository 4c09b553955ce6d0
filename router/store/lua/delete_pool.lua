--[[ delete_pool: undo a pool that nobody was ever given a line of.
  keys  1-2 the pool   3 config string   4 version string   5 photo string   6 line hash   7 numbers hash
  reply {'deleted'} | {'used', people it was ever given} | {'unknown'}
  error BAD_ARG
  cost  O(lines), at most 1000 ]]

register('delete_pool', function(keys)
  if #keys ~= 7 then return redis.error_reply('BAD_ARG delete_pool needs 7 keys') end
  if redis.call('EXISTS', keys[3]) == 0 then return {'unknown'} end
  local people = 0
  for _, packed in ipairs(redis.call('HVALS', keys[1])) do people = people + unpack_line(packed).picks end
  if people > 0 then return {'used', people} end
  -- The version goes on, so that a pool made again under this id is not taken for the one a worker has at hand.
  redis.call('INCR', keys[4])
  redis.call('DEL', keys[1], keys[2], keys[3], keys[5], keys[6], keys[7])
  return {'deleted'}
end)
