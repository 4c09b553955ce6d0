--[[ route: where one person stands, and all that decides whether to write to them, at one moment.
  keys  1-2 the pool   3 health hash   4 a:<prefix> hash   5 wrong:<day> hash   6 wrong:<day before> hash
  args  1 code
  reply {cmsgpack standing (see shared/), seconds at which they last texted, packed line they are on or '', packed health
        of it or '', packed time and slot of the wrong line they texted or ''} | {} for a code nobody has
  error BAD_ARG
  cost  O(1); writes nothing ]]

register('route', function(keys, args)
  local code = args[1]
  if #keys ~= 6 or not code or #code ~= 6 then return redis.error_reply('BAD_ARG route needs 6 keys and a code') end
  local packed = redis.call('HGET', keys[4], string.sub(code, 4))
  if not packed then return {} end
  local r, packed_lines = unpack_record(packed), {}
  local lines = setmetatable({}, {__index = function(known, slot)
    packed_lines[slot] = redis.call('HGET', keys[1], member(slot))
    known[slot] = packed_lines[slot] and unpack_line(packed_lines[slot]) or false
    return known[slot]
  end})
  local slot, _ = route(lines, r), lines[r.slot]
  return {cmsgpack.pack(standing(code, r, slot)), r.heard_s, packed_lines[r.slot] or '',
          redis.call('HGET', keys[3], member(r.slot)) or '',
          redis.call('HGET', keys[5], code) or redis.call('HGET', keys[6], code) or ''}
end, {'no-writes'})
