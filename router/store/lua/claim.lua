--[[ claim: take people out of a campaign's queue, choose the line each is to text, and mark them as being sent to,
  before any network is touched.
  keys  1-2 the pool   3 health hash   4 campaigns hash   5 pace hash   6-13 the campaign (see shared/)
        then a person: a:<prefix>, campaign:<id>:people:<prefix>, prompts:<prefix>
  args  1 writer   2 now_ms   3 campaign id   4 backups   5 cmsgpack RULES
        6… cmsgpack a person {code, channel (0 for none, else 1…), may_at_ms}, as they were read from the queue
        RULES = {cooldown_ms, month_ms, max_in_month, prompts a second, burst, allowances {slot → new people an hour}}
  reply cmsgpack {word, ms until each channel has room again, {{word, code, channel, target, try} a person}}
        word: 'running' | 'stopped' (the campaign is not running, or its line works again) | 'next_hour' (somebody was
        left because all lines have had their new people of this hour) | 'no_room' (because no line has room)
        a person's word: claimed | later | skipped | failed (every channel refused) | moved | gone (somebody else took
        them) | paced (their channel has no room now) | stuck (no line does)
  error BAD_ARG
  cost  O(people × log lines + lines), at most 100 people ]]

local TOKENS = '>dd'
local PROMPTS = '>I4I4I4'
local FIRST = 5 + CAMPAIGN_KEYS
local NEVER = -1

-- A channel's bucket: tokens grow at its pace; `closed_ms` is when it will take messages again, if it said so.
local function bucket_of(call, channel)
  local bucket = call.buckets[channel]
  if bucket then return bucket end
  bucket = {tokens = call.burst, closed_ms = tonumber(redis.call('HGET', call.pace, 'closed:' .. channel) or 0)}
  local packed = redis.call('HGET', call.pace, 'tokens:' .. channel)
  if packed then
    local kept, at_ms = struct.unpack(TOKENS, packed)
    bucket.tokens = math.min(call.burst, kept + math.max(0, call.now_ms - at_ms) * call.rate / 1000)
  end
  call.buckets[channel] = bucket
  return bucket
end

local function wait_of(call, bucket)
  local closed_ms = bucket.closed_ms - call.now_ms
  if closed_ms > 0 and closed_ms < DAY_MS then return closed_ms end -- one beyond a day is of a clock that jumped
  return bucket.tokens < 1 and math.ceil((1 - bucket.tokens) * 1000 / call.rate) or 0
end

-- Written also where nothing was taken: were the clock set back, the bucket would stand still until it caught up.
local function write_buckets(call)
  local waits = {0, 0, 0}
  for channel, bucket in pairs(call.buckets) do
    redis.call('HSET', call.pace, 'tokens:' .. channel, struct.pack(TOKENS, bucket.tokens, call.now_ms))
    waits[channel] = wait_of(call, bucket)
  end
  return waits
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

-- A number they have already, else whoever's turn it is; nil if no line may be promised anybody more.
local function choose_target(call, r)
  for _, slot in ipairs(r.backups) do
    local line = call.pool.line[slot]
    if line and line.tier <= 1 and not call.excluded[slot] then return slot end
  end
  for tier = 0, 1 do
    local slot = call.pool.weight[tier] > 0 and next_in(call.pool, tier, call.excluded)
    if slot then
      charge(call.pool, slot, call.excluded)
      return slot
    end
  end
end

-- Their page and their card name the line they are asked to text from now on.
local function put_first(r, target, wanted)
  local backups = {target}
  for _, slot in ipairs(r.backups) do
    if slot ~= target and #backups < math.max(wanted, 1) then backups[#backups + 1] = slot end
  end
  r.backups = backups
end

local function read_prompts(key, suffix)
  local packed = redis.call('HGET', key, suffix)
  if not packed then return {0, 0, 0} end
  return {struct.unpack(PROMPTS, packed)}
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

-- Why nobody is to prompt them any more, as the word, the state and the skip it leads to; nil if somebody is.
local function why_not(call, r, p, who)
  if not r then return 'skipped', SKIPPED, IS_ERASED end
  if r.slot ~= call.slot then return 'moved', MOVED, NO_SKIP end
  if not is_settled(r) then return 'skipped', SKIPPED, NEVER_TEXTED end
  if r.state == OPTED_OUT or has_flag(r, IS_SUPPRESSED) or has_flag(r, IS_QUIET) then
    return 'skipped', SKIPPED, HAS_OPTED_OUT
  end
  if who.channel == 0 and p.failed > 0 then return 'failed', FAILED, NO_SKIP end
  if who.channel == 0 then return 'skipped', SKIPPED, NO_CHANNEL end
end

-- The line they were asked to text already, if it still may, else another; nil if there is none.
local function retarget(call, c, r, p)
  local asked = p.target ~= NO_SLOT and call.pool.line[p.target]
  if asked and asked.tier <= 1 then return p.target end
  local target = choose_target(call, r)
  if not target then return nil end
  release_promise(call, c.asked, p)
  promise(call, c.asked, p, target)
  note_shut(call, c, target)
  return target
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

-- Replies a word, and the state and the skip that a last word leads to.
local function look_at(call, c, who, r, p, records, prompts)
  local word, state, skip = why_not(call, r, p, who)
  if word then return word, state, skip end
  local suffix, is_new = string.sub(who.code, 4), p.target == NO_SLOT
  -- Asked once, they are asked again, or over the next channel: that is no new prompt.
  local times = is_new and read_prompts(prompts, suffix)
  local cooled_ms = is_new and cooled_at(call, times) or 0
  if cooled_ms == NEVER then return 'skipped', SKIPPED, IN_COOLDOWN end
  word = hold_back(call, c, p, who, cooled_ms)
  if word then return word end
  local target = retarget(call, c, r, p)
  if not target then
    call.is_stuck = true
    return 'stuck'
  end
  local bucket = bucket_of(call, who.channel)
  bucket.tokens = bucket.tokens - 1
  put_first(r, target, call.backups)
  r.state = MOVING
  redis.call('HSET', records, suffix, pack_record(r))
  if is_new then
    redis.call('HSET', prompts, suffix, struct.pack(PROMPTS, call.now_s, times[1], times[2]))
    redis.call('EXPIRE', prompts, PROMPTS_KEPT_S)
  end
  p.tries = p.channel == who.channel and math.min(255, p.tries + 1) or 1
  p.channel = who.channel
  return 'claimed', SENDING, NO_SKIP
end

local function claim_one(call, c, who, records, people, prompts)
  local code, suffix = who.code, string.sub(who.code, 4)
  local packed = redis.call('HGET', people, suffix)
  local p = packed and unpack_campaign_person(packed)
  if not p or p.state ~= WAITING or redis.call('ZSCORE', c.later, code) then return {'gone', code, 0, -1, 0} end
  local kept = redis.call('HGET', records, suffix)
  local word, state, skip = look_at(call, c, who, kept and unpack_record(kept), p, records, prompts)
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

-- Whether the reason to leave the line still holds: checked here, so that no claim follows a recovery.
local function still_holds(campaign, line, h)
  if campaign.cause == 'flagged' then return line.status == FLAGGED and h.flags == campaign.epoch end
  if campaign.cause == 'released' then return line.status == RELEASED_LINE or line.op == RETIRED end
  return line.op ~= READY
end

local function unpacked(packed)
  local is_whole, value = pcall(cmsgpack.unpack, packed)
  return is_whole and type(value) == 'table' and value or {}
end

-- The people of a call; nil if one of them is not whole.
local function read_people(args)
  local people = {}
  for i = 6, #args do
    local who = unpacked(args[i])
    local is_named = type(who.code) == 'string' and #who.code == 6
    if not is_named or type(who.may_at_ms) ~= 'number' or not ({[0] = 1, 1, 1, 1})[who.channel] then return nil end
    people[#people + 1] = who
  end
  return people
end

register('claim', function(keys, args)
  local now_ms, backups = tonumber(args[2]), tonumber(args[4])
  local rules, people = #args >= 5 and unpacked(args[5]) or {}, read_people(args)
  if #rules ~= 6 or not people or #keys ~= FIRST + 3 * #people or not now_ms or not backups then
    return redis.error_reply('BAD_ARG claim needs 13 keys and three a person, a writer, now_ms, an id, backups, six rules '
      .. 'and people that are whole')
  end
  local kept = redis.call('HGET', keys[4], args[3])
  local campaign = kept and cjson.decode(kept)
  if not campaign or campaign.state ~= 'running' then return cmsgpack.pack({'stopped', {0, 0, 0}, {}}) end
  local pool = open_pool(keys, args[1])
  local call = {now_ms = now_ms, now_s = math.floor(now_ms / 1000), pool = pool, slot = campaign.slot, backups = backups,
                health = keys[3], opened_health = {}, pace = keys[5], buckets = {}, promises = {}, excluded = {},
                cooldown_ms = rules[1], month_ms = rules[2], max_in_month = rules[3], rate = rules[4], burst = rules[5],
                allowances = rules[6]}
  local line, looked = pool.line[campaign.slot], {}
  if not line or not still_holds(campaign, line, health_of(call, campaign.slot)) then
    close_pool(pool, keys)
    return cmsgpack.pack({'stopped', {0, 0, 0}, {}})
  end
  local c = campaign_at(keys, 6)
  find_shut(call, c)
  for i, who in ipairs(people) do
    local at = FIRST + 3 * i - 2
    looked[i] = claim_one(call, c, who, keys[at], keys[at + 1], keys[at + 2])
  end
  write_promises(call, c.asked)
  local waits = write_buckets(call)
  close_pool(pool, keys)
  return cmsgpack.pack({call.is_stuck and (call.stuck or 'no_room') or 'running', waits, looked})
end)
