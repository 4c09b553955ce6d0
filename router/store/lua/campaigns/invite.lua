--[[ invite: take people off the head of the waitlist, give each a place, and mark them as being sent to, before any
  network is touched. The place is a reservation like any other: it runs out unless they text.
  keys  1-2 the pool   3 health hash   4 campaigns hash   5 pace hash   6-13 the campaign (see shared/)
        14 arrivals hash   15 traffic:<day> hash   16 due zset of minutes   17 due:<minute> list
        then a person: a:<prefix>, campaign:<id>:people:<prefix>, prompts:<prefix>
  args  1 writer   2 now_ms   3 campaign id   4 backups   5 rules   6 reservation_s   7 due minute
        8… the people (see shared/)
  reply as shared/ says; 'moved' is who has a line already
  error BAD_ARG
  cost  O(people × log lines + lines), at most 100 people ]]

local FIRST = 9 + CAMPAIGN_KEYS

-- Whoever came back by themselves has a place already, and whoever texted needs none. One who was invited and let the
-- place run out meanwhile, because no channel took the message, is invited yet.
local function why_not(_, r, p, who)
  if not r then return 'skipped', SKIPPED, IS_ERASED end
  local was_invited = p.target ~= NO_SLOT and has_flag(r, IS_INVITED)
  if is_settled(r) or (r.state ~= WAITLISTED and not was_invited) then return 'moved', MOVED, NO_SKIP end
  return why_not_at_all(r, p, who)
end

-- The line they have been given, if it can carry them, else a place on another; nil if no line has one.
local function place_of(call, c, r)
  if r.state == RESERVED and can_carry(call.pool.line[r.slot]) then return r.slot end
  local slot = choose_target(call, c, r)
  if not slot then return nil end
  if r.state == RESERVED then count(call.pool, r.slot, -1, 0, 0) end
  local line = call.pool.line[slot]
  r.state, r.slot, r.tier = RESERVED, slot, line.tier
  r.backups = choose_backups(call.pool, slot, call.backups, {})
  line.picks = line.picks + 1
  count(call.pool, slot, 1, 0, 1)
  note_shut(call, c, slot)
  return slot
end

local function take_place(call, c, code, r, p)
  local slot = place_of(call, c, r)
  -- A line that was added since the caller looked is one whose number it does not know.
  if not slot or (slot ~= p.target and not call.allowances[slot]) then return false end
  if slot ~= p.target then lead_to(call, c, p, slot) end
  r.expires_s = call.now_s + call.reservation_s
  set_flag(r, IS_INVITED, true)
  call.due[#call.due + 1] = code
  return true
end

register('invite', function(keys, args)
  local now_ms, backups, reservation_s, minute = tonumber(args[2]), tonumber(args[4]), tonumber(args[6]), tonumber(args[7])
  local rules, people = #args >= 5 and unpacked(args[5]) or {}, read_offers(args, 8)
  local is_told = now_ms and backups and reservation_s and minute
  if not is_told or #rules ~= 6 or not people or #keys ~= FIRST + 3 * #people then
    return redis.error_reply('BAD_ARG invite needs 17 keys and three a person, a writer, now_ms, an id, backups, six '
      .. 'rules, two numbers and people that are whole')
  end
  local kept = redis.call('HGET', keys[4], args[3])
  if not kept or cjson.decode(kept).state ~= 'running' then return stopped() end
  local pool, looked = open_pool(keys, args[1]), {}
  local call, c = open_prompting(pool, now_ms, keys[3], keys[5], backups, rules), campaign_at(keys, 6)
  call.reservation_s, call.due, call.due_minute = reservation_s, {}, minute
  turn_hour(pool, call, keys[14])
  find_shut(call, c)
  for i, who in ipairs(people) do
    local at = FIRST + 3 * i - 2
    looked[i] = claim_one(call, c, who, keys[at], keys[at + 1], keys[at + 2], why_not, take_place)
  end
  write_due(call, keys[16], keys[17])
  write_traffic(call, keys[15])
  local waits = write_buckets(call)
  close_pool(pool, keys)
  return cmsgpack.pack({call.is_stuck and (call.stuck or 'no_room') or 'running', waits, looked})
end)
