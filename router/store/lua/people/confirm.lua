--[[ confirm: make a person's reservation definite, because they texted.
  uses  formats, pool, records, people
  keys  1 lines hash   2 rotation string   3 records hash of the prefix   4 traffic hash of the day   5 moves list
        6 news stream
  args  1 writer   2 now_ms   3 code
  reply {'confirmed' | 'already' | 'unknown' | 'waitlisted' (they have no line they could have texted)}; a code confirms
        once, an expired reservation is honoured
  error BAD_ARG
  cost  O(1) ]]

register('confirm', function(keys, args)
  local now_ms, code = tonumber(args[2]), args[3]
  if #keys ~= 6 or #args ~= 3 or not is_writer(args[1]) or not now_ms or #code ~= 6 then
    return redis.error_reply('BAD_ARG confirm needs 6 keys, a writer, now_ms and a code')
  end
  local packed = redis.call('HGET', keys[3], string.sub(code, 4))
  if not packed then return {'unknown'} end
  local record = unpack_record(packed)
  if record.state == STATE_WAITLISTED then return {'waitlisted'} end
  if record.state ~= STATE_RESERVED and record.state ~= STATE_EXPIRED then return {'already'} end
  local pool, call = open_pool(keys, args[1]), {traffic = {}}
  confirm_place(call, pool, record, math.floor(now_ms / 1000))
  if accept_invitation(record) then redis.call('RPUSH', keys[5], code) end
  redis.call('HSET', keys[3], string.sub(code, 4), pack_record(record))
  redis.call('XADD', keys[6], 'MAXLEN', '~', NEWS_KEPT, '*', 'kind', 'confirmed', 'code', code, 'from', record.slot,
    'to', record.slot, 'at', now_ms)
  write_traffic(call, keys[4])
  close_pool(pool, keys)
  return {'confirmed'}
end)
