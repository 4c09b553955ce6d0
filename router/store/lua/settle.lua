--[[ settle: write what became of people in a campaign.
  keys  1 waiting zset   2 later zset   3 sending zset   4 counts hash   5… a campaign:<id>:people:<prefix> hash a person
  args  1 now_ms   2… three a person: code, word, ms from which they may be tried again, or 0
        word: sent | failed | unknown (of one who is being sent to) | again (not taken: back into the queue, later) |
        next (failed for good here: back into the queue, for the next channel) | opened | moved | erased
  reply {'settled', people changed}
  error BAD_ARG
  cost  O(people × log queue), at most 500 people ]]

local OUTCOMES = {sent = SENT, failed = FAILED, unknown = UNKNOWN}
local ENDS = {opened = OPENED, moved = MOVED, erased = SKIPPED}

local function has_bit(bits, channel) return math.fmod(bits, 2 ^ channel) >= 2 ^ (channel - 1) end

local function settle_one(c, people, code, word, again_ms, now_s)
  local packed = redis.call('HGET', people, string.sub(code, 4))
  if not packed then return 0 end
  local p = unpack_campaign_person(packed)
  if ENDS[word] then
    -- Whoever moved has moved; whoever opened their page and was told already, or moved, stays what they are.
    if p.state == MOVED or p.state == SKIPPED or (word == 'opened' and p.state == OPENED) then return 0 end
    if word == 'erased' then p.skip = IS_ERASED end
    take_out(c, code)
    put_campaign_person(c, people, code, p, ENDS[word], now_s)
    return 1
  end
  if p.state ~= SENDING then return 0 end -- somebody settled it before: a late answer changes nothing
  redis.call('ZREM', c.sending, code)
  if word == 'again' or word == 'next' then
    if word == 'next' and not has_bit(p.failed, p.channel) then p.failed = p.failed + 2 ^ (p.channel - 1) end
    redis.call('ZADD', c.later, again_ms, code)
    put_campaign_person(c, people, code, p, WAITING, now_s)
  else
    put_campaign_person(c, people, code, p, OUTCOMES[word], now_s)
  end
  return 1
end

register('settle', function(keys, args)
  local now_ms, people = tonumber(args[1]), (#args - 1) / 3
  if not now_ms or #keys ~= 4 + people then
    return redis.error_reply('BAD_ARG settle needs 4 keys and one a person, now_ms, and three arguments a person')
  end
  for i = 1, people do
    local word = args[3 * i]
    if not (OUTCOMES[word] or ENDS[word] or word == 'again' or word == 'next') or not tonumber(args[3 * i + 1]) then
      return redis.error_reply('BAD_ARG settle: person ' .. i .. ' has no known word or no time')
    end
  end
  local c, changed = {waiting = keys[1], later = keys[2], sending = keys[3], counts = keys[4]}, 0
  for i = 1, people do
    changed = changed + settle_one(c, keys[4 + i], args[3 * i - 1], args[3 * i], tonumber(args[3 * i + 1]),
      math.floor(now_ms / 1000))
  end
  return {'settled', changed}
end)
