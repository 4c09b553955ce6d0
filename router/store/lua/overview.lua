--[[ overview: all lines of a pool as they stand at one moment.
  keys  1-2 the pool   3 line hash slot → JSON   4 health hash
  reply {line settings as HGETALL, packed lines as HGETALL, packed rotation or '', packed health as HGETALL}
  error BAD_ARG
  cost  O(lines), at most 1000; writes nothing ]]

register('overview', function(keys)
  if #keys ~= 4 then return redis.error_reply('BAD_ARG overview needs 4 keys') end
  return {redis.call('HGETALL', keys[3]), redis.call('HGETALL', keys[1]), redis.call('GET', keys[2]) or '',
          redis.call('HGETALL', keys[4])}
end, {'no-writes'})
