--[[ claim: take people out of a campaign's queue, choose the line each should text, and mark them as being sent to,
  before anything is sent.
  uses  formats, pool, records, health, queues, promises, pace, claiming
  keys  1 lines hash   2 rotation string   3 health hash   4 campaigns hash   5 pace hash   6 waiting   7 later
        8 sending   9 paced_app   10 paced_email   11 paced_sms   12 counts   13 asked
        each   records hash of the prefix   people hash of the prefix   prompts hash of the prefix
  args  1 writer   2 now_ms   3 campaign, its id   4 backups   5 rules (see shared/)
        each of 0 to 100   offer (see shared/)
  reply as shared/ says; also 'stopped' if the line works again
  error BAD_ARG
  cost  O(people × log lines + lines), at most 100 people ]]

local FIRST = 5 + CAMPAIGN_KEYS

-- Put the line they are asked to text first: from now on their page and their card name it.
local function put_first(record, target, wanted)
  local backups = {target}
  for _, slot in ipairs(record.backups) do
    if slot ~= target and #backups < math.max(wanted, 1) then backups[#backups + 1] = slot end
  end
  record.backups = backups
end

local function find_refusal(call, attempt)
  local record = attempt.record
  if not record then return 'skipped', MEMBER.SKIPPED, SKIP.ERASED end
  if record.slot ~= call.slot then return 'moved', MEMBER.MOVED, SKIP.NONE end
  if not counts_as_confirmed(record) then return 'skipped', MEMBER.SKIPPED, SKIP.NEVER_TEXTED end
  return refusal_on_any_line(attempt)
end

-- Ask them to text the same line as last time, if it still takes people, else another.
local function take_place(call, attempt)
  local member, record = attempt.member, attempt.record
  local asked = member.target ~= NO_SLOT and call.pool.line[member.target]
  if not (asked and asked.tier <= 1) then
    local target = choose_target(call, record)
    if not target then return false end
    release_promise(call, member)
    lead_to(call, member, target)
    promise(call, member, target)
    exclude_if_shut(call, target)
  end
  put_first(record, member.target, call.backups)
  record.state = STATE_MOVING
  return true
end

-- Whether the reason to leave the line still holds. It is checked here, so that no claim follows a recovery.
local function still_holds(campaign, line, health)
  if campaign.cause == 'flagged' then return line.status == STATUS_FLAGGED and health.flags == campaign.epoch end
  local is_gone = line.status == STATUS_RELEASED or line.operator_state == OPERATOR_RETIRED
  if campaign.cause == 'released' then return is_gone and line.status ~= STATUS_FLAGGED end
  return line.operator_state ~= OPERATOR_READY and not is_gone and line.status ~= STATUS_FLAGGED
end

register('claim', function(keys, args)
  local now_ms, backups = tonumber(args[2]), tonumber(args[4])
  local rules, offers = #args >= 5 and try_unpack(args[5]) or {}, read_offers(args, 6)
  if not is_writer(args[1]) or #rules ~= 6 or not offers or #keys ~= FIRST + 3 * #offers or not now_ms or not backups then
    return redis.error_reply('BAD_ARG claim needs 13 keys and three a person, a writer, now_ms, an id, backups, six rules '
      .. 'and people that are whole')
  end
  local stored = redis.call('HGET', keys[4], args[3])
  local campaign = stored and cjson.decode(stored)
  if not campaign or campaign.state ~= 'running' then return stopped() end
  local pool = open_pool(keys, args[1])
  local call = {now_ms = now_ms, pool = pool, health = keys[3], pace = keys[5], queues = queues_at(keys, 6),
                backups = backups, slot = campaign.slot, find_refusal = find_refusal, take_place = take_place}
  open_claiming(call, rules)
  local line, claimed = pool.line[call.slot], {}
  if not line or not still_holds(campaign, line, health_of(call, call.slot)) then
    close_pool(pool, keys)
    return stopped()
  end
  exclude_shut_lines(call)
  for i, offer in ipairs(offers) do
    local at = FIRST + 3 * i - 2
    claimed[i] = claim_one(call, new_attempt(offer, keys[at], keys[at + 1], keys[at + 2]))
  end
  write_promises(call)
  local waits = write_buckets(call)
  close_pool(pool, keys)
  return cmsgpack.pack({call.is_stuck and (call.stuck or 'no_room') or 'running', waits, claimed})
end)
