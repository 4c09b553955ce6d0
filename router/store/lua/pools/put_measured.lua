--[[ put_measured: store what was measured from a pool's traffic, and have every cached view of the pool loaded again.
  uses  formats
  keys  1 config string   2 version string   3 measured string
  args  1 figures, JSON
  reply {'put'} | {'unknown'} (there is no such pool any more)
  error BAD_ARG
  cost  O(1) ]]

register('put_measured', function(keys, args)
  if #keys ~= 3 or #args ~= 1 then return redis.error_reply('BAD_ARG put_measured needs 3 keys and an argument') end
  if redis.call('EXISTS', keys[1]) == 0 then return {'unknown'} end
  redis.call('SET', keys[3], args[1])
  redis.call('INCR', keys[2])
  return {'put'}
end)
