--[[ quiet: a person wants no more prompts, or wants them again.
  keys  1 a:<prefix> hash
  args  1 code   2 1 for no more, 0 for again
  reply {'quiet'} | {'unknown'}
  error BAD_ARG
  cost  O(1) ]]

register('quiet', function(keys, args)
  local code, wanted = args[1], tonumber(args[2])
  if #keys ~= 1 or not code or #code ~= 6 or not wanted then
    return redis.error_reply('BAD_ARG quiet needs a key, a code and 0 or 1')
  end
  local suffix = string.sub(code, 4)
  local packed = redis.call('HGET', keys[1], suffix)
  if not packed then return {'unknown'} end
  local r = unpack_record(packed)
  set_flag(r, IS_QUIET, wanted == 1)
  redis.call('HSET', keys[1], suffix, pack_record(r))
  return {'quiet'}
end)
