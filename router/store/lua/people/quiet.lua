--[[ quiet: record that a person wants no more prompts, or wants them again. The second also takes back what they texted:
  a wish of before does not hold any more.
  uses  formats, records
  keys  1 records hash of the prefix
  args  1 now_ms   2 code   3 is_quiet, 1 for no more prompts, 0 for prompts again
  reply {'quiet'} | {'unknown'}
  error BAD_ARG
  cost  O(1) ]]

register('quiet', function(keys, args)
  local now_ms, code, wanted = tonumber(args[1]), args[2], tonumber(args[3])
  if #keys ~= 1 or #args ~= 3 or not now_ms or #code ~= 6 or not wanted then
    return redis.error_reply('BAD_ARG quiet needs a key, a time, a code and 0 or 1')
  end
  local suffix = string.sub(code, 4)
  local packed = redis.call('HGET', keys[1], suffix)
  if not packed then return {'unknown'} end
  local record = unpack_record(packed)
  set_flag(record, FLAG_QUIET, wanted == 1)
  if wanted == 0 then
    set_flag(record, FLAG_SUPPRESSED, false)
    record.wished_s = math.max(record.wished_s, math.floor(now_ms / 1000))
  end
  redis.call('HSET', keys[1], suffix, pack_record(record))
  return {'quiet'}
end)
