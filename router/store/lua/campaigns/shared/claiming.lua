--[[ claiming: what claim and invite do alike with a person at the head of a queue.
  uses  formats, rotation, placement, records, queues, promises, pace

  Both are called with cmsgpack RULES = {cooldown_ms, month_ms, max_in_month, prompts a second, burst,
  allowances {slot → new people an hour}} and, for each person, a cmsgpack offer {code, channel (0 for none, else 1…),
  may_at_ms}, as the people were read from the queue. Both reply
    cmsgpack {word, ms until each channel has room again, {{word, code, channel, target, try} a person}}
  word: 'running' | 'stopped' (the campaign is not running) | 'next_hour' (a person was left because all lines have had
        their new people of this hour) | 'no_room' (a person was left because no line has room)
  a person's word: claimed | later | skipped | failed (every channel refused) | moved | gone (another worker claimed
        them) | paced (their channel has no room now) | stuck (no line has room)

  An `attempt` is an entry (see queues) that is offered to be claimed: `channel` and `may_at_ms` of the offer, the keys
  `records`, `members` and `prompts` of the person, and their `record`, nil if they were erased. Claim and invite differ
  in two steps, which are functions of the call:
    call.find_refusal(call, attempt)  a final refusal, as its word, the new state and the skip reason; else nil
    call.take_place(call, attempt)    changes the record and the target; returns false where no line has room ]]

local NEVER = -1
local PICKY_PAUSE_MS = 600000

-- The offers of a call, from argument `at` on; nil if one of them is not whole.
local function read_offers(args, at)
  local offers = {}
  for i = at, #args do
    local offer = try_unpack(args[i])
    local is_named = type(offer.code) == 'string' and #offer.code == 6
    if not is_named or type(offer.may_at_ms) ~= 'number' or not ({[0] = 1, 1, 1, 1})[offer.channel] then return nil end
    offers[#offers + 1] = offer
  end
  return offers
end

-- Add to `call` what the two operations need; `rules` as above.
local function open_claiming(call, rules)
  call.now_s = math.floor(call.now_ms / 1000)
  call.opened_health, call.buckets, call.promises, call.led, call.excluded, call.traffic = {}, {}, {}, {}, {}, {}
  call.cooldown_ms, call.month_ms, call.max_in_month, call.rate, call.burst, call.allowances = unpack(rules)
end

local function new_attempt(offer, records, members, prompts)
  return {code = offer.code, suffix = string.sub(offer.code, 4), channel = offer.channel, may_at_ms = offer.may_at_ms,
          records = records, members = members, prompts = prompts}
end

-- Why a line may be promised no more people: 'no_room', or 'next_hour' for not now. nil if it may.
local function why_shut(call, slot)
  local line, allowance = call.pool.line[slot], call.allowances[slot]
  if not line or line.tier > 1 or not allowance then return 'no_room' end
  local promises = promises_of(call, slot)
  if load_of(line) + promises.all >= line.capacity then return 'no_room' end
  -- If the pool's hour is over, nobody has arrived in this one yet.
  local came = call.pool.hour >= math.floor(call.now_ms / HOUR_MS) and line.new_hour or 0
  if promised_in(promises, promises.hour) + came >= allowance then return 'next_hour' end
end

local function exclude_if_shut(call, slot)
  local why = why_shut(call, slot)
  if not why then return end
  call.excluded[slot] = true
  if why == 'next_hour' then call.stuck = why end
end

local function exclude_shut_lines(call)
  for slot, line in pairs(call.pool.line) do
    if line.tier <= 1 then exclude_if_shut(call, slot) end
  end
end

-- How many people of the campaign were asked to text a line.
local function people_led_to(call, slot)
  local people = call.led[slot]
  if not people then
    people = tonumber(redis.call('HGET', call.queues.counts, 'to:' .. slot) or 0)
    call.led[slot] = people
  end
  return people
end

local function count_led(call, slot, people)
  call.led[slot] = people_led_to(call, slot) + people
  redis.call('HINCRBY', call.queues.counts, 'to:' .. slot, people)
end

-- Ask a person to text a line, and no longer the one they were asked to text before.
local function lead_to(call, member, slot)
  if member.target ~= NO_SLOT then count_led(call, member.target, -1) end
  count_led(call, slot, 1)
  member.target = slot
end

-- The lines that may not be promised this person: those that are shut, and those they must not get.
local function closed_to(call, record)
  local own = excluded_by(record)
  if not next(own) then return call.excluded end
  local closed = {}
  for slot in pairs(call.excluded) do closed[slot] = true end
  for slot in pairs(own) do closed[slot] = true end
  return closed
end

-- Of the backups on their card, the line that is furthest behind its weight; nil if none may be promised more people.
local function choose_from_card(call, record, closed)
  local best, least
  for _, slot in ipairs(record.backups) do
    local line = call.pool.line[slot]
    if line and line.tier <= 1 and not closed[slot] then
      local share = (people_led_to(call, slot) + 1) / line.weight
      if not best or share < least then best, least = slot, share end
    end
  end
  return best
end

-- A number they have already, else the line whose turn it is; nil if no line may be promised more people.
local function choose_target(call, record)
  local closed = closed_to(call, record)
  local known = choose_from_card(call, record, closed)
  if known then return known end
  for tier = 0, 1 do
    local slot = call.pool.weight[tier] > 0 and next_in(call.pool, tier, closed)
    if slot then
      charge(call.pool, slot, closed)
      return slot
    end
  end
end

-- Whether a person is left only because they must not get the lines that others could get now.
local function is_picky(call, record)
  if not next(excluded_by(record)) then return false end
  for tier = 0, 1 do
    if call.pool.weight[tier] > 0 and next_in(call.pool, tier, call.excluded) then return true end
  end
  return false
end

-- When a person was prompted the last three times, newest first, in s.
local function read_prompts(attempt)
  local packed = redis.call('HGET', attempt.prompts, attempt.suffix)
  if not packed then return {0, 0, 0} end
  return {struct.unpack(PROMPTS_FORMAT, packed)}
end

local function record_prompt(call, attempt, times)
  redis.call('HSET', attempt.prompts, attempt.suffix, struct.pack(PROMPTS_FORMAT, call.now_s, times[1], times[2]))
  redis.call('EXPIRE', attempt.prompts, PROMPTS_KEPT_S)
end

-- When a person may be prompted again, in ms: 0 for now, or NEVER in this campaign.
local function cooled_at(call, times)
  local lately = 0
  for i = 1, 3 do
    if times[i] > 0 and call.now_ms - times[i] * 1000 < call.month_ms then lately = lately + 1 end
  end
  if lately >= call.max_in_month then return NEVER end
  local at_ms = times[1] * 1000 + call.cooldown_ms
  return times[1] > 0 and at_ms > call.now_ms and at_ms or 0
end

-- Leave a person in a queue until they may be prompted, or until their channel has room. Returns the word for it, or
-- nil if they may be prompted now.
local function hold_back(call, attempt, cooled_ms)
  local queues, may_at_ms = call.queues, math.max(attempt.may_at_ms, cooled_ms)
  if may_at_ms > call.now_ms then
    requeue(queues, attempt, queues.later, may_at_ms)
    return 'later'
  end
  if wait_ms_of(call, bucket_of(call, attempt.channel)) > 0 then
    local paced = queues.paced[attempt.channel]
    if not redis.call('ZSCORE', paced, attempt.code) then requeue(queues, attempt, paced, attempt.member.heard_s) end
    return 'paced'
  end
end

-- The refusals that hold whatever line the person is on: as call.find_refusal.
local function refusal_on_any_line(attempt)
  local record = attempt.record
  if record.state == STATE_OPTED_OUT or has_flag(record, FLAG_SUPPRESSED) or has_flag(record, FLAG_QUIET) then
    return 'skipped', MEMBER.SKIPPED, SKIP.OPTED_OUT
  end
  if attempt.channel == 0 and attempt.member.failed > 0 then return 'failed', MEMBER.FAILED, SKIP.NONE end
  if attempt.channel == 0 then return 'skipped', MEMBER.SKIPPED, SKIP.NO_CHANNEL end
end

-- Begin a try over a channel, and use up one of its tokens.
local function begin_try(call, member, channel)
  local bucket = bucket_of(call, channel)
  bucket.tokens = bucket.tokens - 1
  member.tries = member.channel == channel and math.min(255, member.tries + 1) or 1
  member.channel = channel
  return 'claimed', MEMBER.SENDING, SKIP.NONE
end

-- Claim one person, or return why not; final refusals also return the new state and skip reason.
local function try_to_claim(call, attempt)
  local word, state, skip = call.find_refusal(call, attempt)
  if word then return word, state, skip end
  local is_new = attempt.member.target == NO_SLOT
  -- A person who was asked once may be asked again, or over the next channel: that is no new prompt.
  local times = is_new and read_prompts(attempt)
  local cooled_ms = is_new and cooled_at(call, times) or 0
  if cooled_ms == NEVER then return 'skipped', MEMBER.SKIPPED, SKIP.COOLDOWN end
  word = hold_back(call, attempt, cooled_ms)
  if word then return word end
  if not call.take_place(call, attempt) then
    if is_picky(call, attempt.record) then
      -- They must not hold up the people behind them.
      requeue(call.queues, attempt, call.queues.later, call.now_ms + PICKY_PAUSE_MS)
      return 'later'
    end
    call.is_stuck = true
    return 'stuck'
  end
  redis.call('HSET', attempt.records, attempt.suffix, pack_record(attempt.record))
  if is_new then record_prompt(call, attempt, times) end
  return begin_try(call, attempt.member, attempt.channel)
end

-- Claim one person or refuse, and store the result.
local function claim_one(call, attempt)
  local queues, code = call.queues, attempt.code
  local packed = redis.call('HGET', attempt.members, attempt.suffix)
  local member = packed and unpack_member(packed)
  if not member or member.state ~= MEMBER.WAITING or redis.call('ZSCORE', queues.later, code) then
    return {'gone', code, 0, -1, 0}
  end
  local stored = redis.call('HGET', attempt.records, attempt.suffix)
  attempt.member, attempt.record = member, stored and unpack_record(stored) or nil
  local word, state, skip = try_to_claim(call, attempt)
  if state then
    member.skip = skip
    if state == MEMBER.SENDING then
      put_member(call, attempt, MEMBER.SENDING, queues.sending, call.now_ms)
    else
      release_promise(call, member)
      put_member(call, attempt, state)
    end
  end
  return {word, code, member.channel, member.target == NO_SLOT and -1 or member.target, member.tries}
end

local function stopped() return cmsgpack.pack({'stopped', {0, 0, 0}, {}}) end
