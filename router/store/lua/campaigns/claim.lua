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

-- Ask them to text the line they were asked to text already, if it still may, else another.
local function take_place(call, c, _, r, p)
  local asked = p.target ~= NO_SLOT and call.pool.line[p.target]
  if not (asked and asked.tier <= 1) then
    local target = choose_target(call, c, r)
    if not target then return false end
    release_promise(call, c.asked, p)
    lead_to(call, c, p, target)
    promise(call, c.asked, p, target)
    note_shut(call, c, target)
  end
  put_first(r, p.target, call.backups)
  r.state = MOVING
  return true
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
    looked[i] = claim_one(call, c, who, keys[at], keys[at + 1], keys[at + 2], why_not, take_place)
  end
  write_promises(call, c.asked)
  local waits = write_buckets(call)
  close_pool(pool, keys)
  return cmsgpack.pack({call.is_stuck and (call.stuck or 'no_room') or 'running', waits, looked})
end)
