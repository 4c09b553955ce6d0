--[[ claim: take people out of a campaign's queue, choose the line each is to text, and mark them as being sent to,
  before any network is touched.
  keys  1-2 the pool   3 health hash   4 campaigns hash   5 pace hash   6-13 the campaign (see shared/)
        then a person: a:<prefix>, campaign:<id>:people:<prefix>, prompts:<prefix>
  args  1 writer   2 now_ms   3 campaign id   4 backups   5 rules   6… the people (see shared/)
  reply as shared/ says; also 'stopped' where the line works again
  error BAD_ARG
  cost  O(people × log lines + lines), at most 100 people ]]

local FIRST = 5 + CAMPAIGN_KEYS

-- Their page and their card name the line they are asked to text from now on.
local function put_first(r, target, wanted)
  local backups = {target}
  for _, slot in ipairs(r.backups) do
    if slot ~= target and #backups < math.max(wanted, 1) then backups[#backups + 1] = slot end
  end
  r.backups = backups
end

-- Why nobody is to prompt them any more, as the word, the state and the skip it leads to; nil if somebody is.
local function why_not(call, r, p, who)
  if not r then return 'skipped', SKIPPED, IS_ERASED end
  if r.slot ~= call.slot then return 'moved', MOVED, NO_SKIP end
  if not is_settled(r) then return 'skipped', SKIPPED, NEVER_TEXTED end
  return why_not_at_all(r, p, who)
end

-- The line they were asked to text already, if it still may, else another; nil if there is none.
local function retarget(call, c, r, p)
  local asked = p.target ~= NO_SLOT and call.pool.line[p.target]
  if asked and asked.tier <= 1 then return p.target end
  local target = choose_target(call, c, r)
  if not target then return nil end
  if p.target ~= NO_SLOT then lead_to(call, c, p.target, -1) end
  lead_to(call, c, target, 1)
  release_promise(call, c.asked, p)
  promise(call, c.asked, p, target)
  note_shut(call, c, target)
  return target
end

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
  put_first(r, target, call.backups)
  r.state = MOVING
  redis.call('HSET', records, suffix, pack_record(r))
  if is_new then note_prompt(call, prompts, suffix, times) end
  return begin_try(call, p, who.channel)
end

-- Whether the reason to leave the line still holds: checked here, so that no claim follows a recovery.
local function still_holds(campaign, line, h)
  if campaign.cause == 'flagged' then return line.status == FLAGGED and h.flags == campaign.epoch end
  local is_gone = line.status == RELEASED_LINE or line.op == RETIRED
  if campaign.cause == 'released' then return is_gone and line.status ~= FLAGGED end
  return line.op ~= READY and not is_gone and line.status ~= FLAGGED
end

register('claim', function(keys, args)
  local now_ms, backups = tonumber(args[2]), tonumber(args[4])
  local rules, people = #args >= 5 and unpacked(args[5]) or {}, read_offers(args, 6)
  if #rules ~= 6 or not people or #keys ~= FIRST + 3 * #people or not now_ms or not backups then
    return redis.error_reply('BAD_ARG claim needs 13 keys and three a person, a writer, now_ms, an id, backups, six rules '
      .. 'and people that are whole')
  end
  local kept = redis.call('HGET', keys[4], args[3])
  local campaign = kept and cjson.decode(kept)
  if not campaign or campaign.state ~= 'running' then return stopped() end
  local pool = open_pool(keys, args[1])
  local call = open_prompting(pool, now_ms, keys[3], keys[5], backups, rules)
  call.slot = campaign.slot
  local line, looked = pool.line[call.slot], {}
  if not line or not still_holds(campaign, line, health_of(call, call.slot)) then
    close_pool(pool, keys)
    return stopped()
  end
  local c = campaign_at(keys, 6)
  find_shut(call, c)
  for i, who in ipairs(people) do
    local at = FIRST + 3 * i - 2
    looked[i] = claim_one(call, c, who, keys[at], keys[at + 1], keys[at + 2], look_at)
  end
  write_promises(call, c.asked)
  local waits = write_buckets(call)
  close_pool(pool, keys)
  return cmsgpack.pack({call.is_stuck and (call.stuck or 'no_room') or 'running', waits, looked})
end)
