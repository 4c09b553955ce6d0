--[[ forget: erase a person: identities, contact and record; their place is free again.
  keys  1-2 the pool   3 a:<prefix> hash   4 c:<prefix> hash   5… an i:<bucket> hash an identity
  args  1 writer   2 code   3… the 8-byte field an identity
  reply {'forgotten'} | {'unknown'}
  error BAD_ARG
  cost  O(identities) ]]

register('forget', function(keys, args)
  local code = args[2]
  if not code or #code ~= 6 or #keys ~= 2 + #args then
    return redis.error_reply('BAD_ARG forget needs 4 keys and one an identity, a writer and a code')
  end
  local suffix = string.sub(code, 4)
  local packed = redis.call('HGET', keys[3], suffix)
  for i = 3, #args do
    if redis.call('HGET', keys[2 + i], args[i]) == code then redis.call('HDEL', keys[2 + i], args[i]) end
  end
  redis.call('HDEL', keys[4], suffix)
  if not packed then return {'unknown'} end
  local r, pool = unpack_record(packed), open_pool(keys, args[1])
  if r.state == RESERVED then count(pool, r.slot, -1, 0, 0) end
  if is_settled(r) then count(pool, r.slot, 0, -1, 0) end
  redis.call('HDEL', keys[3], suffix)
  close_pool(pool, keys)
  return {'forgotten'}
end)
