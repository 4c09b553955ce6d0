--[[ claim: take people out of a campaign's queue, choose the line each is to text, and mark them as being sent to,
  before any network is touched.
  keys  1-2 the pool   3 health hash   4 campaigns hash   5 waiting zset   6 later zset   7 sending zset   8 counts hash
        9 pace hash   then a person: a:<prefix>, campaign:<id>:people:<prefix>, prompts:<prefix>
  args  1 writer   2 now_ms   3 campaign id   4 backups   5 cmsgpack RULES
        6… cmsgpack a person {code, channel (0 for none, else 1…), may_at_ms}, as they were read from the queue
        RULES = {cooldown_ms, month_ms, max_in_month, prompts a second, burst, allowances {slot → new people an hour}}
  reply cmsgpack {word, wait_ms, {{word, code, channel, target, tries} a person that was looked at}}
        word: 'running' | 'stopped' (the campaign is not running, or its line works again) | 'no_room' | 'paced'
        a person's word: claimed | later | skipped | failed (every channel refused) | moved | gone (somebody else took
        them)
  error BAD_ARG
  cost  O(people × log lines), at most 100 people ]]

local TOKENS, CLAIMS = '>dd', '>I4I4'
local PROMPTS = '>I4I4I4'

local function tokens_of(call, keys, channel)
  local field = 'c:' .. channel
  local packed, tokens = redis.call('HGET', keys[9], field), call.burst
  if packed then
    local kept, at_ms = struct.unpack(TOKENS, packed)
    tokens = math.min(call.burst, kept + math.max(0, call.now_ms - at_ms) * call.rate / 1000)
  end
  return tokens, field
end

-- New people that a line was promised this hour: by prompts of every campaign, and those who came by themselves.
local function promised(call, keys, slot)
  local used = call.claims[slot]
  if not used then
    local packed, hour = redis.call('HGET', keys[9], 's:' .. slot), nil
    used = 0
    if packed then
      hour, used = struct.unpack(CLAIMS, packed)
      if hour ~= call.hour then used = 0 end
    end
    call.claims[slot] = used
  end
  return used + call.pool.line[slot].new_hour
end

local function may_take(call, keys, slot)
  local allowance = call.allowances[slot]
  return allowance ~= nil and promised(call, keys, slot) < allowance
end

-- A number they have already, else whoever's turn it is; nil if no line may take anybody more this hour.
local function choose_target(call, keys, r)
  for _, slot in ipairs(r.backups) do
    local line = call.pool.line[slot]
    if line and line.tier <= 1 and may_take(call, keys, slot) then return slot, false end
  end
  local excluded = {[r.slot] = true}
  for slot in pairs(call.pool.line) do
    if not may_take(call, keys, slot) then excluded[slot] = true end
  end
  for tier = 0, 1 do
    local slot = call.pool.weight[tier] > 0 and next_in(call.pool, tier, excluded)
    if slot and not excluded[slot] then return slot, true, excluded end
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

-- When they may be prompted again, in ms; 0 for now.
local function cooled_at(call, times)
  local lately, latest = 0, 0
  for i = 1, 3 do
    if times[i] > 0 and call.now_ms - times[i] * 1000 < call.month_ms then lately = lately + 1 end
    latest = math.max(latest, times[i])
  end
  if lately >= call.max_in_month then return -1 end
  local at_ms = latest * 1000 + call.cooldown_ms
  return latest > 0 and at_ms > call.now_ms and at_ms or 0
end

local function look_at(call, keys, c, who, records, people, prompts)
  local code, suffix = who.code, string.sub(who.code, 4)
  if not redis.call('ZSCORE', c.waiting, code) then return {'gone', code, 0, -1, 0} end
  local p = unpack_campaign_person(redis.call('HGET', people, suffix))
  local function leave(word, state, skip)
    take_out(c, code)
    p.skip = skip
    put_campaign_person(c, people, code, p, state, call.now_s)
    return {word, code, p.channel, -1, p.tries}
  end
  local function wait_until(at_ms)
    redis.call('ZREM', c.waiting, code)
    redis.call('ZADD', c.later, at_ms, code)
    return {'later', code, 0, -1, p.tries}
  end
  local packed = redis.call('HGET', records, suffix)
  local r = packed and unpack_record(packed)
  if not r then return leave('skipped', SKIPPED, IS_ERASED) end
  if r.slot ~= call.slot then return leave('moved', MOVED, NO_SKIP) end
  if not is_settled(r) then return leave('skipped', SKIPPED, NEVER_TEXTED) end
  if r.state == OPTED_OUT or has_flag(r, IS_SUPPRESSED) or has_flag(r, IS_QUIET) then
    return leave('skipped', SKIPPED, HAS_OPTED_OUT)
  end
  if who.channel == 0 then
    if p.tries > 0 then return leave('failed', FAILED, NO_SKIP) end
    return leave('skipped', SKIPPED, NO_CHANNEL)
  end
  if who.may_at_ms > call.now_ms then return wait_until(who.may_at_ms) end
  local times = read_prompts(prompts, suffix)
  local is_again = p.channel > 0 and p.tries > 0 -- the same prompt, over this or the next channel, is no new one
  local cooled_ms = is_again and 0 or cooled_at(call, times)
  if cooled_ms < 0 then return leave('skipped', SKIPPED, IN_COOLDOWN) end
  if cooled_ms > 0 then return wait_until(cooled_ms) end
  local tokens, field = tokens_of(call, keys, who.channel)
  if tokens < 1 then
    call.wait_ms = math.min(call.wait_ms or 3600000, math.ceil((1 - tokens) * 1000 / call.rate))
    return {'paced', code, who.channel, -1, p.tries}
  end
  local target, is_from_rotation, excluded = p.target, false, nil
  local has_target = is_again and target ~= NO_SLOT and call.pool.line[target] and call.pool.line[target].tier <= 1
  if not has_target then target, is_from_rotation, excluded = choose_target(call, keys, r) end
  if not target then return {'no_room', code, 0, -1, p.tries} end
  if is_from_rotation then charge(call.pool, target, excluded) end
  if not has_target then
    call.claims[target] = call.claims[target] + 1
    redis.call('HSET', keys[9], 's:' .. target, struct.pack(CLAIMS, call.hour, call.claims[target]))
  end
  redis.call('HSET', keys[9], field, struct.pack(TOKENS, tokens - 1, call.now_ms))
  put_first(r, target, call.backups)
  r.state = MOVING
  redis.call('HSET', records, suffix, pack_record(r))
  if not is_again then
    redis.call('HSET', prompts, suffix, struct.pack(PROMPTS, call.now_s, times[1], times[2]))
    redis.call('EXPIRE', prompts, PROMPTS_KEPT_S)
  end
  p.channel, p.target, p.skip, p.tries = who.channel, target, NO_SKIP, math.min(255, p.tries + 1)
  redis.call('ZREM', c.waiting, code)
  redis.call('ZADD', c.sending, call.now_ms, code)
  put_campaign_person(c, people, code, p, SENDING, call.now_s)
  return {'claimed', code, p.channel, target, p.tries}
end

-- Whether the reason to leave the line still holds: checked here, so that no claim follows a recovery.
local function still_holds(campaign, line, h)
  if campaign.cause == 'flagged' then return line.status == FLAGGED and h.flags == campaign.epoch end
  if campaign.cause == 'released' then return line.status == RELEASED_LINE or line.op == RETIRED end
  return line.op ~= READY
end

register('claim', function(keys, args)
  local now_ms, backups = tonumber(args[2]), tonumber(args[4])
  local people = #args - 5
  if #keys ~= 9 + 3 * people or people < 0 or not now_ms or not backups then
    return redis.error_reply('BAD_ARG claim needs 9 keys and three a person, a writer, now_ms, an id, backups and rules')
  end
  local kept = redis.call('HGET', keys[4], args[3])
  local campaign = kept and cjson.decode(kept)
  if not campaign or campaign.state ~= 'running' then return cmsgpack.pack({'stopped', 0, {}}) end
  local rules = cmsgpack.unpack(args[5])
  local pool = open_pool(keys, args[1])
  local call = {now_ms = now_ms, now_s = math.floor(now_ms / 1000), hour = math.floor(now_ms / HOUR_MS), pool = pool,
                slot = campaign.slot, backups = backups, health = keys[3], opened_health = {}, claims = {},
                cooldown_ms = rules[1], month_ms = rules[2], max_in_month = rules[3], rate = rules[4], burst = rules[5],
                allowances = rules[6]}
  local line, word, looked = pool.line[campaign.slot], 'running', {}
  if not line or not still_holds(campaign, line, health_of(call, campaign.slot)) then
    close_pool(pool, keys)
    return cmsgpack.pack({'stopped', 0, {}})
  end
  local c = {waiting = keys[5], later = keys[6], sending = keys[7], counts = keys[8]}
  for i = 1, people do
    local who, at = cmsgpack.unpack(args[5 + i]), 7 + 3 * i
    local reply = look_at(call, keys, c, who, keys[at], keys[at + 1], keys[at + 2])
    if reply[1] == 'no_room' then
      word = 'no_room'
      break
    end
    if reply[1] ~= 'paced' then looked[#looked + 1] = reply end
  end
  if word == 'running' and call.wait_ms then word = 'paced' end
  close_pool(pool, keys)
  return cmsgpack.pack({word, call.wait_ms or 0, looked})
end)
