--[[ settle: record how sends to people of a campaign ended, or that the people need none any more.
  uses  formats, queues, promises
  keys  1 waiting   2 later   3 sending   4 paced_app   5 paced_email   6 paced_sms   7 counts   8 asked
        each   people hash of the prefix
  args  1 now_ms
        each of 0 to 500   code   word   channel   tries   again_ms
        where channel and tries name the try that the word is about, or are 0 and 0; again_ms is when they may be tried
        again, or 0, and for `opened` when to prompt whoever has not texted by then; the word is sent | unknown | again (not taken: back into the queue, later) | next (failed for good
        here: back into the queue, for the next channel), of a person who is being sent to; opened | moved, of anybody
  reply {'settled', people changed}
  error BAD_ARG
  cost  O(people × log queue), at most 500 people ]]

local FIELDS = 5
local OUTCOMES = {sent = MEMBER.SENT, unknown = MEMBER.UNKNOWN}
local ENDS = {opened = MEMBER.OPENED, moved = MEMBER.MOVED}

local function has_bit(bits, channel) return math.fmod(bits, 2 ^ channel) >= 2 ^ (channel - 1) end

-- A person who opened their page needs no prompt for a while, and none at all if one is out already; one who moved is
-- done; an erased one never changes again.
local function end_one(call, entry, word, again_ms)
  local state, member = ENDS[word], entry.member
  if member.state == MEMBER.MOVED or member.state == state or member.skip == SKIP.ERASED then return 0 end
  if word == 'moved' then release_promise(call, member) end
  local comes_back = word == 'opened' and member.state == MEMBER.WAITING and again_ms > 0
  put_member(call, entry, state, comes_back and call.queues.later or nil, again_ms)
  return 1
end

-- Accept only the result of the current try. One exception: a late "sent" still counts for a try we had given up on.
local function settle_one(call, entry, result)
  local packed = redis.call('HGET', entry.members, string.sub(entry.code, 4))
  if not packed then return 0 end
  local member, word, channel = unpack_member(packed), result.word, result.channel
  entry.member = member
  if ENDS[word] then return end_one(call, entry, word, result.again_ms) end
  local is_open = member.state == MEMBER.SENDING or (member.state == MEMBER.UNKNOWN and word == 'sent')
  if not is_open or member.channel ~= channel or member.tries ~= result.try then return 0 end
  if word == 'again' or word == 'next' then
    if word == 'next' and not has_bit(member.failed, channel) then
      member.failed = member.failed + 2 ^ (channel - 1)
    end
    put_member(call, entry, MEMBER.WAITING, call.queues.later, result.again_ms)
  else
    put_member(call, entry, OUTCOMES[word])
  end
  return 1
end

register('settle', function(keys, args)
  local now_ms, people = tonumber(args[1]), (#args - 1) / FIELDS
  if not now_ms or #keys ~= CAMPAIGN_KEYS + people or not are_codes(args, 2, FIELDS) then
    return redis.error_reply('BAD_ARG settle needs 8 keys and one a person, now_ms, and five arguments a person')
  end
  for at = 2, #args, FIELDS do
    local word, is_timed = args[at + 1], tonumber(args[at + 2]) and tonumber(args[at + 3]) and tonumber(args[at + 4])
    if not (OUTCOMES[word] or ENDS[word] or word == 'again' or word == 'next') or not is_timed then
      return redis.error_reply('BAD_ARG settle: ' .. args[at] .. ' has no known word, or lacks a number')
    end
  end
  local call = {now_ms = now_ms, now_s = math.floor(now_ms / 1000), queues = queues_at(keys, 1), promises = {}}
  local changed = 0
  for i = 1, people do
    local at = FIELDS * (i - 1) + 2
    local result = {word = args[at + 1], channel = tonumber(args[at + 2]), try = tonumber(args[at + 3]),
                    again_ms = tonumber(args[at + 4])}
    changed = changed + settle_one(call, {code = args[at], members = keys[CAMPAIGN_KEYS + i]}, result)
  end
  write_promises(call)
  return {'settled', changed}
end)
