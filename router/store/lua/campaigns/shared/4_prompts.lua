--[[ prompts: what claim and invite do alike with somebody at the head of a queue.

  Both are asked with cmsgpack RULES = {cooldown_ms, month_ms, max_in_month, prompts a second, burst,
  allowances {slot → new people an hour}} and, for each person, cmsgpack {code, channel (0 for none, else 1…),
  may_at_ms}, as they were read from the queue; both answer
    cmsgpack {word, ms until each channel has room again, {{word, code, channel, target, try} a person}}
  word: 'running' | 'stopped' (the campaign is not running) | 'next_hour' (somebody was left because all lines have had
        their new people of this hour) | 'no_room' (because no line has room)
  a person's word: claimed | later | skipped | failed (every channel refused) | moved | gone (somebody else took them) |
        paced (their channel has no room now) | stuck (no line does) ]]

local PROMPTS = '>I4I4I4'
local NEVER = -1

local function unpacked(packed)
  local is_whole, value = pcall(cmsgpack.unpack, packed)
  return is_whole and type(value) == 'table' and value or {}
end

-- The people of a call, from argument `at` on; nil if one of them is not whole.
local function read_offers(args, at)
  local people = {}
  for i = at, #args do
    local who = unpacked(args[i])
    local is_named = type(who.code) == 'string' and #who.code == 6
    if not is_named or type(who.may_at_ms) ~= 'number' or not ({[0] = 1, 1, 1, 1})[who.channel] then return nil end
    people[#people + 1] = who
  end
  return people
end

-- What a call of the two keeps in mind; `rules` as above.
local function open_prompting(pool, now_ms, health, pace, backups, rules)
  return {now_ms = now_ms, now_s = math.floor(now_ms / 1000), pool = pool, health = health, opened_health = {},
          pace = pace, buckets = {}, promises = {}, led = {}, excluded = {}, traffic = {}, backups = backups,
          cooldown_ms = rules[1], month_ms = rules[2], max_in_month = rules[3], rate = rules[4], burst = rules[5],
          allowances = rules[6]}
end

-- Why a line may be promised nobody more: 'no_room', or 'next_hour' for not yet; nil if it may.
local function shut(call, c, slot)
  local line, allowance = call.pool.line[slot], call.allowances[slot]
  if not line or line.tier > 1 or not allowance then return 'no_room' end
  local promises = promises_of(call, c.asked, slot)
  if load_of(line) + promises.all >= line.capacity then return 'no_room' end
  -- A pool whose hour is over was not told of anybody in this one.
  local came = call.pool.hour >= math.floor(call.now_ms / HOUR_MS) and line.new_hour or 0
  if promised_in(promises, promises.hour) + came >= allowance then return 'next_hour' end
end

local function note_shut(call, c, slot)
  local why = shut(call, c, slot)
  if not why then return end
  call.excluded[slot] = true
  if why == 'next_hour' then call.stuck = why end
end

local function find_shut(call, c)
  for slot, line in pairs(call.pool.line) do
    if line.tier <= 1 then note_shut(call, c, slot) end
  end
end

-- How many people of the campaign were asked to text a line.
local function led_to(call, c, slot)
  local people = call.led[slot]
  if not people then
    people = tonumber(redis.call('HGET', c.counts, 'to:' .. slot) or 0)
    call.led[slot] = people
  end
  return people
end

local function count_led(call, c, slot, people)
  call.led[slot] = led_to(call, c, slot) + people
  redis.call('HINCRBY', c.counts, 'to:' .. slot, people)
end

-- Somebody is asked to text a line, and no longer the one they were asked to text before.
local function lead_to(call, c, p, slot)
  if p.target ~= NO_SLOT then count_led(call, c, p.target, -1) end
  count_led(call, c, slot, 1)
  p.target = slot
end

-- Of the numbers on their card the one that is furthest behind its weight; nil if none of them may be promised anybody.
local function choose_of_card(call, c, r)
  local best, least
  for _, slot in ipairs(r.backups) do
    local line = call.pool.line[slot]
    if line and line.tier <= 1 and not call.excluded[slot] then
      local share = (led_to(call, c, slot) + 1) / line.weight
      if not best or share < least then best, least = slot, share end
    end
  end
  return best
end

-- A number they have already, else whoever's turn it is; nil if no line may be promised anybody more.
local function choose_target(call, c, r)
  local known = choose_of_card(call, c, r)
  if known then return known end
  for tier = 0, 1 do
    local slot = call.pool.weight[tier] > 0 and next_in(call.pool, tier, call.excluded)
    if slot then
      charge(call.pool, slot, call.excluded)
      return slot
    end
  end
end

-- When people were prompted last, newest first, in s.
local function read_prompts(key, suffix)
  local packed = redis.call('HGET', key, suffix)
  if not packed then return {0, 0, 0} end
  return {struct.unpack(PROMPTS, packed)}
end

local function note_prompt(call, key, suffix, times)
  redis.call('HSET', key, suffix, struct.pack(PROMPTS, call.now_s, times[1], times[2]))
  redis.call('EXPIRE', key, PROMPTS_KEPT_S)
end

-- When they may be prompted again, in ms: 0 for now, or NEVER in this campaign.
local function cooled_at(call, times)
  local lately = 0
  for i = 1, 3 do
    if times[i] > 0 and call.now_ms - times[i] * 1000 < call.month_ms then lately = lately + 1 end
  end
  if lately >= call.max_in_month then return NEVER end
  local at_ms = times[1] * 1000 + call.cooldown_ms
  return times[1] > 0 and at_ms > call.now_ms and at_ms or 0
end

-- Leave somebody in a queue: until they may be prompted, until their channel has room, or until a line has. Replies the
-- word for it; nil for who may be prompted now.
local function hold_back(call, c, p, who, cooled_ms)
  local may_at_ms = math.max(who.may_at_ms, cooled_ms)
  if may_at_ms > call.now_ms then
    requeue(c, p, who.code, c.later, may_at_ms)
    return 'later'
  end
  if wait_of(call, bucket_of(call, who.channel)) > 0 then
    local paced = c.paced[who.channel]
    if not redis.call('ZSCORE', paced, who.code) then requeue(c, p, who.code, paced, p.heard_s) end
    return 'paced'
  end
end

-- Why nobody is to prompt them whatever line they are on, as the word, the state and the skip it leads to.
local function why_not_at_all(r, p, who)
  if r.state == OPTED_OUT or has_flag(r, IS_SUPPRESSED) or has_flag(r, IS_QUIET) then
    return 'skipped', SKIPPED, HAS_OPTED_OUT
  end
  if who.channel == 0 and p.failed > 0 then return 'failed', FAILED, NO_SKIP end
  if who.channel == 0 then return 'skipped', SKIPPED, NO_CHANNEL end
end

-- A try over a channel begins: it has one message less.
local function begin_try(call, p, channel)
  local bucket = bucket_of(call, channel)
  bucket.tokens = bucket.tokens - 1
  p.tries = p.channel == channel and math.min(255, p.tries + 1) or 1
  p.channel = channel
  return 'claimed', SENDING, NO_SKIP
end

-- Claim one person, or say why not: a word, and the state and the skip that a last word leads to.
local function look_at(call, c, who, r, p, records, prompts, why_not, take_place)
  local word, state, skip = why_not(call, r, p, who)
  if word then return word, state, skip end
  local suffix, is_new = string.sub(who.code, 4), p.target == NO_SLOT
  -- Asked once, they are asked again, or over the next channel: that is no new prompt.
  local times = is_new and read_prompts(prompts, suffix)
  local cooled_ms = is_new and cooled_at(call, times) or 0
  if cooled_ms == NEVER then return 'skipped', SKIPPED, IN_COOLDOWN end
  word = hold_back(call, c, p, who, cooled_ms)
  if word then return word end
  if not take_place(call, c, who.code, r, p) then
    call.is_stuck = true
    return 'stuck'
  end
  redis.call('HSET', records, suffix, pack_record(r))
  if is_new then note_prompt(call, prompts, suffix, times) end
  return begin_try(call, p, who.channel)
end

-- Look at one person, and write what became of them. `why_not`(call, record or nil, p, who) replies the last word on who
-- is not to be prompted; `take_place`(call, c, code, record, p) changes the record and `p.target`, or replies false where
-- no line has room.
local function claim_one(call, c, who, records, people, prompts, why_not, take_place)
  local code, suffix = who.code, string.sub(who.code, 4)
  local packed = redis.call('HGET', people, suffix)
  local p = packed and unpack_campaign_person(packed)
  if not p or p.state ~= WAITING or redis.call('ZSCORE', c.later, code) then return {'gone', code, 0, -1, 0} end
  local kept = redis.call('HGET', records, suffix)
  local word, state, skip = look_at(call, c, who, kept and unpack_record(kept), p, records, prompts, why_not,
    take_place)
  if state then
    p.skip = skip
    if state == SENDING then
      put_campaign_person(c, people, code, p, SENDING, call.now_s, c.sending, call.now_ms)
    else
      release_promise(call, c.asked, p)
      put_campaign_person(c, people, code, p, state, call.now_s)
    end
  end
  return {word, code, p.channel, p.target == NO_SLOT and -1 or p.target, p.tries}
end

local function stopped() return cmsgpack.pack({'stopped', {0, 0, 0}, {}}) end
