--[[ overview: all lines of a pool as they stand at one moment.
  keys  1-2 the pool   3 line hash slot → JSON
  reply {line settings as HGETALL, packed lines as HGETALL, packed rotation or ''}
  error BAD_ARG
  cost  O(lines), at most 1000; writes nothing ]]

register('overview', function(keys)
  if #keys ~= 3 then return redis.error_reply('BAD_ARG overview needs 3 keys') end
  return {redis.call('HGETALL', keys[3]), redis.call('HGETALL', keys[1]), redis.call('GET', keys[2]) or ''}
end, {'no-writes'})
