--[[ route: read one person's record, and everything that decides whether to write to them, at one moment.
  uses  formats, pool, placement, records
  keys  1 lines hash   2 rotation string   3 health hash   4 records hash of the prefix   5 wrong_today hash
        6 wrong_yesterday hash
  args  1 code
  reply {cmsgpack assignment (see shared/), seconds at which they last texted, seconds of their last wish (see records),
        packed line they are on or '', packed health of it or '', packed time and slot of the wrong line they texted
        or ''} | {} for a code nobody has
  error BAD_ARG
  cost  O(1); writes nothing ]]

register('route', function(keys, args)
  local code = args[1]
  if #keys ~= 6 or #args ~= 1 or #code ~= 6 then return redis.error_reply('BAD_ARG route needs 6 keys and a code') end
  local packed = redis.call('HGET', keys[4], string.sub(code, 4))
  if not packed then return {} end
  local record, lines = unpack_record(packed), lines_of(keys)
  local own, wrong = slot_field(record.slot), redis.call('HGET', keys[5], code) or redis.call('HGET', keys[6], code)
  return {cmsgpack.pack(assignment_of(lines, code, record, live_slot_of(lines, record))), record.heard_s,
          record.wished_s,
          redis.call('HGET', keys[1], own) or '', redis.call('HGET', keys[3], own) or '',
          wrong and is_ours(lines[select(2, struct.unpack(WRONG_LINE_FORMAT, wrong))]) and wrong or ''}
end, {'no-writes'})
