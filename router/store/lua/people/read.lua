--[[ read: read people's records, and the line each should text now.
  uses  formats, pool, records
  keys  1 lines hash   2 rotation string
        each   records hash of the prefix
  args  each of 0 to 500   code
  reply cmsgpack {assignment, or nil for a code nobody has, a person} (see shared/)
  error BAD_ARG
  cost  O(1) a person; writes nothing ]]

register('read', function(keys, args)
  if #keys ~= 2 + #args or not are_codes(args, 1, 1) then
    return redis.error_reply('BAD_ARG read needs 2 keys and one a person, and a code a person')
  end
  local lines = lines_of(keys)
  local reply = {}
  for i, code in ipairs(args) do
    local packed = redis.call('HGET', keys[2 + i], string.sub(code, 4))
    local record = packed and unpack_record(packed)
    -- cjson.null is what cmsgpack writes as nil; a plain nil would leave a hole in the list.
    reply[i] = record and assignment_of(lines, code, record, live_slot_of(lines, record)) or cjson.null
  end
  return cmsgpack.pack(reply)
end, {'no-writes'})
