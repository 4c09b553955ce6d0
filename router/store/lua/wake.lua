--[[ wake: put those whose time has come back into the queue of their campaign.
  keys  1 waiting zset   2 later zset
  args  1 now_ms   2 how many at most
  reply {'woken', people}
  error BAD_ARG
  cost  O(people × log queue) ]]

register('wake', function(keys, args)
  local now_ms, most = tonumber(args[1]), tonumber(args[2])
  if #keys ~= 2 or not now_ms or not most then
    return redis.error_reply('BAD_ARG wake needs 2 keys, now_ms and a number')
  end
  local codes = redis.call('ZRANGEBYSCORE', keys[2], '-inf', now_ms, 'LIMIT', 0, most)
  for _, code in ipairs(codes) do
    redis.call('ZREM', keys[2], code)
    redis.call('ZADD', keys[1], 4294967295, code) -- they were claimed before, or had to wait: their turn is now
  end
  return {'woken', #codes}
end)
