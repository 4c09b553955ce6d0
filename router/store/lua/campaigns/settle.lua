--[[ settle: write what became of people in a campaign.
  keys  1-8 the campaign (see shared/)   9… a campaign:<id>:people:<prefix> hash a person
  args  1 now_ms   2… five a person: code, word, channel and number of the try it is about, or 0 and 0, ms from which
        they may be tried again, or 0
        word: sent | unknown | again (not taken: back into the queue, later) | next (failed for good here: back into the
        queue, for the next channel), of one who is being sent to; opened | moved, of anybody
  reply {'settled', people changed}
  error BAD_ARG
  cost  O(people × log queue), at most 500 people ]]

local FIELDS = 5
local OUTCOMES = {sent = SENT, unknown = UNKNOWN}
local ENDS = {opened = OPENED, moved = MOVED}

local function has_bit(bits, channel) return math.fmod(bits, 2 ^ channel) >= 2 ^ (channel - 1) end

-- Whoever opened their page needs no prompt any more; whoever moved is there. Being erased is the end of all.
local function end_one(call, c, people, code, p, word)
  local state = ENDS[word]
  if p.state == MOVED or p.state == state or p.skip == IS_ERASED then return 0 end
  if word == 'moved' then release_promise(call, c.asked, p) end
  put_campaign_person(c, people, code, p, state, call.now_s)
  return 1
end

-- An answer is taken of the try that is under way, and never of an earlier one; but that a prompt went out is good to
-- know also of one that was given up.
local function settle_one(call, c, people, code, word, channel, try, again_ms)
  local packed = redis.call('HGET', people, string.sub(code, 4))
  if not packed then return 0 end
  local p = unpack_campaign_person(packed)
  if ENDS[word] then return end_one(call, c, people, code, p, word) end
  local is_open = p.state == SENDING or (p.state == UNKNOWN and word == 'sent')
  if not is_open or p.channel ~= channel or p.tries ~= try then return 0 end
  if word == 'again' or word == 'next' then
    if word == 'next' and not has_bit(p.failed, channel) then p.failed = p.failed + 2 ^ (channel - 1) end
    put_campaign_person(c, people, code, p, WAITING, call.now_s, c.later, again_ms)
  else
    put_campaign_person(c, people, code, p, OUTCOMES[word], call.now_s)
  end
  return 1
end

register('settle', function(keys, args)
  local now_ms, people = tonumber(args[1]), (#args - 1) / FIELDS
  if not now_ms or #keys ~= CAMPAIGN_KEYS + people then
    return redis.error_reply('BAD_ARG settle needs 8 keys and one a person, now_ms, and five arguments a person')
  end
  for at = 2, #args, FIELDS do
    local word, is_timed = args[at + 1], tonumber(args[at + 2]) and tonumber(args[at + 3]) and tonumber(args[at + 4])
    if not (OUTCOMES[word] or ENDS[word] or word == 'again' or word == 'next') or not is_timed then
      return redis.error_reply('BAD_ARG settle: ' .. args[at] .. ' has no known word, or lacks a number')
    end
  end
  local call = {now_ms = now_ms, now_s = math.floor(now_ms / 1000), promises = {}}
  local c, changed = campaign_at(keys, 1), 0
  for i = 1, people do
    local at = FIELDS * (i - 1) + 2
    changed = changed + settle_one(call, c, keys[CAMPAIGN_KEYS + i], args[at], args[at + 1], tonumber(args[at + 2]),
      tonumber(args[at + 3]), tonumber(args[at + 4]))
  end
  write_promises(call, c.asked)
  return {'settled', changed}
end)
