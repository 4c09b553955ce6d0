--[[ invite: take people off the head of the waitlist, give each a place, and mark them as being sent to, before
  anything is sent. The place is a reservation like any other: it expires unless they text.
  uses  formats, pool, placement, records, day_ring, queues, pace, claiming
  keys  1 lines hash   2 rotation string   3 health hash   4 campaigns hash   5 pace hash   6 waiting   7 later
        8 sending   9 paced_app   10 paced_email   11 paced_sms   12 counts   13 asked   14 arrivals hash
        15 traffic hash of the day   16 due zset of minutes   17 due_list list of the minute
        each   records hash of the prefix   people hash of the prefix   prompts hash of the prefix
  args  1 writer   2 now_ms   3 campaign, its id   4 backups   5 rules (see shared/)   6 reservation_s   7 due_minute
        each of 0 to 100   offer (see shared/)
  reply as shared/ says; 'moved' is a person who has a line already
  error BAD_ARG
  cost  O(people × log lines + lines), at most 100 people ]]

local FIRST = 9 + CAMPAIGN_KEYS

-- A person who came back by themselves has a place already, and one who texted needs none. Someone whose place expired
-- before any channel took the message is still invited.
local function find_refusal(_, attempt)
  local record = attempt.record
  if not record then return 'skipped', MEMBER.SKIPPED, SKIP.ERASED end
  local was_invited = attempt.member.target ~= NO_SLOT and has_flag(record, FLAG_INVITED)
  if counts_as_confirmed(record) or (record.state ~= STATE_WAITLISTED and not was_invited) then
    return 'moved', MEMBER.MOVED, SKIP.NONE
  end
  return refusal_on_any_line(attempt)
end

-- The line they were given, if it can carry them, else a place on another; nil if no line has room.
local function place_for(call, record)
  if record.state == STATE_RESERVED and can_carry(call.pool.line[record.slot]) then return record.slot end
  local slot = choose_target(call, record)
  if not slot then return nil end
  if record.state == STATE_RESERVED then count_people(call.pool, record.slot, -1, 0, 0) end
  local line = call.pool.line[slot]
  record.state, record.slot, record.tier = STATE_RESERVED, slot, line.tier
  record.backups = choose_backups(call.pool, slot, call.backups, excluded_by(record))
  line.picks = line.picks + 1
  count_people(call.pool, slot, 1, 0, 1)
  exclude_if_shut(call, slot)
  return slot
end

local function take_place(call, attempt)
  local member, record = attempt.member, attempt.record
  local slot = place_for(call, record)
  -- The caller does not know the number of a line that was added since it read the pool.
  if not slot or (slot ~= member.target and not call.allowances[slot]) then return false end
  if slot ~= member.target then lead_to(call, member, slot) end
  record.expires_s = call.now_s + call.reservation_s
  set_flag(record, FLAG_INVITED, true)
  call.due[#call.due + 1] = attempt.code
  return true
end

register('invite', function(keys, args)
  local now_ms, backups, reservation_s, minute = tonumber(args[2]), tonumber(args[4]), tonumber(args[6]), tonumber(args[7])
  local rules, offers = #args >= 5 and try_unpack(args[5]) or {}, read_offers(args, 8)
  local is_told = is_writer(args[1]) and now_ms and backups and reservation_s and minute
  if not is_told or #rules ~= 6 or not offers or #keys ~= FIRST + 3 * #offers then
    return redis.error_reply('BAD_ARG invite needs 17 keys and three a person, a writer, now_ms, an id, backups, six '
      .. 'rules, two numbers and people that are whole')
  end
  local stored = redis.call('HGET', keys[4], args[3])
  if not stored or cjson.decode(stored).state ~= 'running' then return stopped() end
  local pool, claimed = open_pool(keys, args[1]), {}
  local call = {now_ms = now_ms, pool = pool, health = keys[3], pace = keys[5], queues = queues_at(keys, 6),
                backups = backups, find_refusal = find_refusal, take_place = take_place,
                reservation_s = reservation_s, due = {}, due_minute = minute}
  open_claiming(call, rules)
  turn_hour(pool, call, keys[14])
  exclude_shut_lines(call)
  for i, offer in ipairs(offers) do
    local at = FIRST + 3 * i - 2
    claimed[i] = claim_one(call, new_attempt(offer, keys[at], keys[at + 1], keys[at + 2]))
  end
  write_due(call, keys[16], keys[17])
  write_traffic(call, keys[15])
  local waits = write_buckets(call)
  close_pool(pool, keys)
  return cmsgpack.pack({call.is_stuck and (call.stuck or 'no_room') or 'running', waits, claimed})
end)
