--[[ renew: give people other backups for those that are gone, and a line with room to those whom no line of theirs can
  carry. No place is taken: that happens when they text.
  uses  formats, pool, records, renewal
  keys  1 lines hash   2 rotation string
        each   records hash of the prefix
  args  1 writer   2 backups
        each of 0 to 100   code
  reply cmsgpack {assignment, or nil for a code nobody has, a person} (see shared/)
  error BAD_ARG
  cost  O(lines) a person that needs it, else O(1). A second call changes nothing. ]]

register('renew', function(keys, args)
  local wanted = tonumber(args[2])
  if #keys ~= #args or not is_writer(args[1]) or not wanted or not are_codes(args, 3, 1) then
    return redis.error_reply('BAD_ARG renew needs 2 keys and one a person, a writer, backups and a code a person')
  end
  local pool, reply = open_pool(keys, args[1]), {}
  for i = 3, #args do
    local code, suffix = args[i], string.sub(args[i], 4)
    local packed = redis.call('HGET', keys[i], suffix)
    local record = packed and unpack_record(packed)
    if record and renew_backups(pool, code, record, wanted) then
      redis.call('HSET', keys[i], suffix, pack_record(record))
    end
    -- cjson.null is what cmsgpack writes as nil; a plain nil would leave a hole in the list.
    reply[i - 2] = record and assignment_of(pool.line, code, record, live_slot_of(pool.line, record)) or cjson.null
  end
  close_pool(pool, keys)
  return cmsgpack.pack(reply)
end)
