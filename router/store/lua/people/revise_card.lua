--[[ revise_card: date a person's contact card: when what it says last changed, whichever process makes it.
  uses  formats
  keys  1 records hash of the prefix   2 cards hash of the prefix
  args  1 now_ms   2 code   3 digest of what the card says, 8 bytes
  reply {seconds since 1970}; later than every date it had before, if it says something else than last time
  error BAD_ARG
  cost  O(1); writes only if the card changed. Of a person who asked for no card in 40 days nothing is left. ]]

register('revise_card', function(keys, args)
  local now_ms, code, digest = tonumber(args[1]), args[2], args[3]
  if #keys ~= 2 or #args ~= 3 or not now_ms or #code ~= 6 or #digest ~= 8 then
    return redis.error_reply('BAD_ARG revise_card needs 2 keys, now_ms, a code and a digest')
  end
  local suffix, revised_s = string.sub(code, 4), math.floor(now_ms / 1000)
  local stored = redis.call('HGET', keys[2], suffix)
  if stored then
    local last, last_s = struct.unpack(CARD_FORMAT, stored)
    if last == digest then return {last_s} end
    revised_s = math.max(revised_s, last_s + 1)
  end
  if redis.call('HEXISTS', keys[1], suffix) == 0 then return {revised_s} end -- erased a moment ago: leave no trace
  redis.call('HSET', keys[2], suffix, struct.pack(CARD_FORMAT, digest, revised_s))
  redis.call('EXPIRE', keys[2], TRAFFIC_KEPT_S)
  return {revised_s}
end)
