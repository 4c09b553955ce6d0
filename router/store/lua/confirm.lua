--[[ confirm: a person texted, so their place is theirs.
  keys  1-2 the pool   3 a:<prefix> hash   4 traffic:<day> hash   5 moves list
  args  1 writer   2 now_ms   3 code
  reply {'confirmed' | 'already' | 'unknown' | 'waitlisted' (they have no line they could have texted)}; a code confirms
        once, an expired reservation is honoured
  error BAD_ARG
  cost  O(1) ]]

register('confirm', function(keys, args)
  local now_ms, code = tonumber(args[2]), args[3]
  if #keys ~= 5 or not now_ms or not code or #code ~= 6 then
    return redis.error_reply('BAD_ARG confirm needs 5 keys, a writer, now_ms and a code')
  end
  local packed = redis.call('HGET', keys[3], string.sub(code, 4))
  if not packed then return {'unknown'} end
  local r = unpack_record(packed)
  if r.state == WAITLISTED then return {'waitlisted'} end
  if r.state ~= RESERVED and r.state ~= EXPIRED then return {'already'} end
  local pool, call = open_pool(keys, args[1]), {traffic = {}}
  settle(call, pool, r, math.floor(now_ms / 1000))
  if take_up_invitation(r) then redis.call('RPUSH', keys[5], code) end
  redis.call('HSET', keys[3], string.sub(code, 4), pack_record(r))
  write_traffic(call, keys[4])
  close_pool(pool, keys)
  return {'confirmed'}
end)
