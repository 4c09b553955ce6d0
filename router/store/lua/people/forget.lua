--[[ forget: erase a person: identities, contact and record; their place is free again.
  uses  formats, pool, placement, records
  keys  1 lines hash   2 rotation string   3 records hash of the prefix   4 contacts hash of the prefix
        5 cards hash of the prefix
        each   identities hash of the bucket
  args  1 writer   2 code
        each   field of an identity, 8 bytes
  reply {'forgotten'} | {'unknown'}
  error BAD_ARG
  cost  O(identities) ]]

register('forget', function(keys, args)
  local code = args[2]
  if not is_writer(args[1]) or not code or #code ~= 6 or #keys ~= 3 + #args then
    return redis.error_reply('BAD_ARG forget needs 5 keys and one an identity, a writer and a code')
  end
  local suffix = string.sub(code, 4)
  local packed = redis.call('HGET', keys[3], suffix)
  for i = 3, #args do
    if redis.call('HGET', keys[3 + i], args[i]) == code then redis.call('HDEL', keys[3 + i], args[i]) end
  end
  redis.call('HDEL', keys[4], suffix)
  redis.call('HDEL', keys[5], suffix)
  if not packed then return {'unknown'} end
  local record, pool = unpack_record(packed), open_pool(keys, args[1])
  if record.state == STATE_RESERVED then count_people(pool, record.slot, -1, 0, 0) end
  if counts_as_confirmed(record) then count_people(pool, record.slot, 0, -1, 0) end
  redis.call('HDEL', keys[3], suffix)
  close_pool(pool, keys)
  return {'forgotten'}
end)
