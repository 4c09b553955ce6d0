--[[ overview: read all lines of a pool, at one moment.
  uses  formats
  keys  1 lines hash   2 rotation string   3 line hash slot → JSON   4 health hash
  reply {line settings as HGETALL, packed lines as HGETALL, packed rotation or '', packed health as HGETALL}
  error BAD_ARG
  cost  O(lines), at most 1000; writes nothing ]]

register('overview', function(keys, args)
  if #keys ~= 4 or #args ~= 0 then return redis.error_reply('BAD_ARG overview needs 4 keys and no argument') end
  return {redis.call('HGETALL', keys[3]), redis.call('HGETALL', keys[1]), redis.call('GET', keys[2]) or '',
          redis.call('HGETALL', keys[4])}
end, {'no-writes'})
