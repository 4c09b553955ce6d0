--[[ read: where people stand now, and the line to text.
  keys  1-2 the pool   3… an a:<prefix> hash a person
  args  a 6-character code a person
  reply cmsgpack {standing, or nil for a code nobody has, a person} (see shared/)
  cost  O(1) a person; writes nothing ]]

register('read', function(keys, args)
  if #keys ~= 2 + #args then return redis.error_reply('BAD_ARG read needs 2 keys and one a person') end
  local lines = setmetatable({}, {__index = function(known, slot)
    local packed = redis.call('HGET', keys[1], member(slot))
    known[slot] = packed and unpack_line(packed) or false
    return known[slot]
  end})
  local reply = {}
  for i, code in ipairs(args) do
    local packed = redis.call('HGET', keys[2 + i], string.sub(code, 4))
    local r = packed and unpack_record(packed)
    -- cjson.null is what cmsgpack writes as nil; a plain nil would leave a hole in the list.
    reply[i] = r and standing(code, r, route(lines, r)) or cjson.null
  end
  return cmsgpack.pack(reply)
end, {'no-writes'})
