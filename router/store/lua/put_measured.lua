--[[ put_measured: keep what a pool's traffic tells, and let every view of the pool be read again.
  keys  1 config string   2 version string   3 measured string
  args  1 JSON
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
