--[[ assign: give each person of a batch a line, or the one they have.
  uses  formats, pool, rotation, placement, records, renewal, day_ring, requests
  keys  1 lines hash   2 rotation string   3 arrivals hash   4 traffic hash of the day   5 due zset of minutes
        6 due_list list of codes   7 waitlist zset   8 tickets string
        named by each person: an a:<prefix> hash, a c:<prefix> hash if there is a contact, an i:<bucket> hash for each
        identity, and with an idempotency key a k:<today> hash and a k:<yesterday> hash
  args  1 writer   2 now_ms   3 reservation_s   4 backups   5 due_minute
        each of 1 to 32   person packed as REQUEST
        where REQUEST = place of its a: key, prefix, four candidate suffixes, known code or 6 spaces, number of
        identities, 1 with an idempotency key, 1 with a contact and 2 more with an origin, number of excluded slots,
        wished slot; then each identity (place of its key, 8 bytes), the idempotency key (place of today's key, 8
        bytes, 4 bytes of the request), each excluded slot, the origin after its length, the contact
  reply cmsgpack {gates, {{word, reason, is_new, '', assignment} a person}} (core/assignment.py has the words), or
        {waitlist} (we could not tell them of room later) | {mismatch} (idempotency key of another request) |
        {crowded} (all candidates are taken; ask again) |
        {elsewhere, reason, false, code} (an identity points to another bucket; ask again with that code as known)
  error BAD_ARG
  cost  O(log lines) a person, whatever the number of people; O(excluded) more; O(lines) in the first call of an hour ]]

local FIXED_KEYS = 8

-- The line that is next for this person, and why. Nothing is charged yet.
local function peek(pool, request, wished)
  for _, slot in ipairs(wished) do
    local line = pool.line[slot]
    if line and line.tier <= 1 and not request.excluded[slot] then return slot, 'preferred' end
  end
  for tier = 0, 2 do
    local slot = pool.weight[tier] > 0 and next_in(pool, tier, request.excluded)
    if slot then return slot, tier == 0 and 'rotation' or tier == 1 and 'reserve' or 'at_risk' end
  end
end

local function wished_slots(request) return request.wished ~= NO_SLOT and {request.wished} or EMPTY end

-- Change a record: its person has a reservation on this line from now on.
local function reserve(record, call, pool, slot, excluded)
  record.state, record.slot, record.tier = STATE_RESERVED, slot, pool.line[slot].tier
  record.backups = choose_backups(pool, slot, call.backups, excluded)
end

-- Charge the pick that `peek` named. A pick out of turn costs the line a turn only if the line was due anyway.
local function charge_pick(call, pool, request, slot, reason)
  local line = pool.line[slot]
  if reason ~= 'preferred' then
    charge(pool, slot, request.excluded)
  elseif line.at <= pool.time[line.tier] then
    charge(pool, slot, {})
  end
  line.picks = line.picks + 1
  count_people(pool, slot, 1, 0, 1)
  if reason ~= 'rotation' then count_traffic(call, slot, reason, 1) end -- those by rotation are the rest
end

-- Hold the person's place for the whole time of a reservation from now.
local function hold_place(call, record, code)
  record.expires_s = call.expires_s
  call.due[#call.due + 1] = code
end

local function write_record(request, code, record)
  redis.call('HSET', request.records, string.sub(code, 4), pack_record(record))
end

-- Store a record under the first candidate suffix that is free.
local function claim_suffix(request, packed)
  for i = 1, #request.suffixes, 3 do
    local candidate = string.sub(request.suffixes, i, i + 2)
    if redis.call('HSETNX', request.records, candidate, packed) == 1 then return candidate end
  end
end

-- Store a new record, with everything its person is found by. Returns its code, or nil if no candidate is free.
local function store_new(request, record)
  adopt_origin(record, request.origin)
  local suffix = claim_suffix(request, pack_record(record))
  if not suffix then return nil end
  local code = request.prefix .. suffix
  if request.contact then redis.call('HSET', request.contacts, suffix, request.contact) end
  for _, identity in ipairs(request.identities) do redis.call('HSET', identity.key, identity.field, code) end
  remember(request, code, true)
  return code
end

-- Whether we could tell the person of room later.
local function can_wait(request) return request.contact and #request.identities > 0 end

local function join_waitlist(call, record, code)
  redis.call('ZADD', call.waitlist, 'NX', redis.call('INCR', call.tickets), code)
  return signup_of(NO_BACKUPS, 'waitlist', 'no_room', code, record, NO_SLOT, false)
end

local function waitlist_new(call, request)
  if not can_wait(request) then return {'waitlist'} end
  local record = new_record(call.now_s, FLAG_KNOWN)
  record.state, record.tier = STATE_WAITLISTED, NO_TIER
  if next(request.excluded) then set_excluded(record, request.excluded) end
  local code = store_new(request, record)
  return code and join_waitlist(call, record, code) or {'crowded'}
end

local function give_new(call, pool, request)
  local slot, reason = peek(pool, request, wished_slots(request))
  if not slot then return waitlist_new(call, request) end
  local record = new_record(call.now_s, #request.identities > 0 and FLAG_KNOWN or 0)
  if next(request.excluded) then set_excluded(record, request.excluded) end
  reserve(record, call, pool, slot, request.excluded)
  record.expires_s = call.expires_s
  local code = store_new(request, record)
  if not code then return {'crowded'} end
  charge_pick(call, pool, request, slot, reason)
  call.due[#call.due + 1] = code
  return signup_of(pool.line, 'new', reason, code, record, slot, true)
end

-- Return what they already have, with other backups for those that are gone. A dead line is never returned, so the slot
-- is empty if no line has room.
local function answer_existing(call, pool, request, code, record)
  if renew_backups(pool, code, record, call.backups) then write_record(request, code, record) end
  local slot = live_slot_of(pool.line, record)
  local reason = slot == NO_SLOT and 'no_room' or slot == record.slot and 'existing' or 'backup'
  return signup_of(pool.line, 'existing', reason, code, record, slot, false)
end

-- A known person without a place waits for one from now on, if they do not wait already.
local function waitlist_again(call, request, code, record)
  record.state, record.slot, record.tier, record.backups = STATE_WAITLISTED, NO_SLOT, NO_TIER, NO_BACKUPS
  set_flag(record, FLAG_INVITED, false)
  write_record(request, code, record)
  return join_waitlist(call, record, code)
end

-- Give a known person another line: first a backup, since it may be on their card already.
local function give_another(call, pool, request, code, record, word)
  local slot, reason = peek(pool, request, record.state == STATE_WAITLISTED and wished_slots(request) or record.backups)
  local may_wait = can_wait(request) or record.state == STATE_WAITLISTED
  if not slot and record.state ~= STATE_RESERVED and may_wait then
    return waitlist_again(call, request, code, record)
  end
  if not slot then return answer_existing(call, pool, request, code, record) end
  if record.state == STATE_RESERVED then count_people(pool, record.slot, -1, 0, 0) end
  reserve(record, call, pool, slot, request.excluded)
  charge_pick(call, pool, request, slot, reason)
  hold_place(call, record, code)
  write_record(request, code, record)
  if word == 'new' then return signup_of(pool.line, word, reason, code, record, slot, true) end
  return signup_of(pool.line, word, reason == 'preferred' and 'backup' or reason, code, record, slot, false)
end

-- A person is back whose reservation expired: give them their own line if it has room, else another.
local function renew(call, pool, request, code, record)
  local line = pool.line[record.slot]
  if not (line and line.tier <= 1) or request.excluded[record.slot] then
    return give_another(call, pool, request, code, record, 'renewed')
  end
  record.state = STATE_RESERVED
  count_people(pool, record.slot, 1, 0, 0)
  hold_place(call, record, code)
  write_record(request, code, record)
  return signup_of(pool.line, 'renewed', 'existing', code, record, record.slot, false)
end

local function answer_known(call, pool, request, code, record)
  if record.state == STATE_WAITLISTED then return give_another(call, pool, request, code, record, 'new') end
  if record.state == STATE_EXPIRED or record.state == STATE_RELEASED then
    return renew(call, pool, request, code, record)
  end
  if record.state == STATE_RESERVED then
    if not can_carry(pool.line[record.slot]) then
      return give_another(call, pool, request, code, record, 'moved')
    end
    if record.expires_s - call.now_s < call.reservation_s / 2 then
      hold_place(call, record, code)
      write_record(request, code, record)
    end
  end
  return answer_existing(call, pool, request, code, record)
end

local function assign_one(call, pool, request)
  local code, was_new, is_same = recall(request)
  if code and not is_same then return {'mismatch'} end
  local replayed = code ~= nil
  code = code or recognise(request)
  if not code then return give_new(call, pool, request) end
  if string.sub(code, 1, 3) ~= request.prefix then return {'elsewhere', 'existing', false, code} end
  local packed = redis.call('HGET', request.records, string.sub(code, 4))
  if not packed then return give_new(call, pool, request) end
  local record = unpack_record(packed)
  -- A request that excludes no line says nothing about lines that an earlier one excluded.
  local is_changed = false
  if next(request.excluded) then
    is_changed = set_excluded(record, request.excluded)
  else
    request.excluded = excluded_by(record)
  end
  if adopt_origin(record, request.origin) then is_changed = true end
  if #request.identities > 0 and not has_flag(record, FLAG_KNOWN) then
    set_flag(record, FLAG_KNOWN, true)
    is_changed = true
  end
  if is_changed then write_record(request, code, record) end
  local reply = answer_known(call, pool, request, code, record)
  if replayed then
    if reply[1] == 'existing' then reply[1], reply[3] = 'replayed', was_new end
  else
    add_identities(request, code)
    remember(request, code, reply[3])
  end
  return reply
end

register('assign', function(keys, args)
  local writer, now_ms = args[1], tonumber(args[2])
  local call = {now_ms = now_ms, reservation_s = tonumber(args[3]), backups = tonumber(args[4]),
                due_minute = tonumber(args[5]), due = {}, traffic = {}, waitlist = keys[7], tickets = keys[8]}
  local is_told = is_writer(writer) and now_ms and call.reservation_s and call.backups and call.due_minute
  if #keys < FIXED_KEYS or #args < 6 or not is_told then
    return redis.error_reply('BAD_ARG assign needs 8 keys, a writer, four numbers and at least one person')
  end
  call.now_s = math.floor(now_ms / 1000)
  call.expires_s = call.now_s + call.reservation_s
  local requests, named = {}, FIXED_KEYS
  for i = 6, #args do
    local is_whole, request, first, last = pcall(read_request, keys, args[i])
    if not is_whole or first ~= named + 1 or last > #keys then
      return redis.error_reply('BAD_ARG assign: person ' .. (i - 5) .. ' is cut short, or their keys are not there')
    end
    requests[#requests + 1], named = request, last
  end
  if named < #keys then return redis.error_reply('BAD_ARG assign has keys that no person names') end
  local pool = open_pool(keys, writer)
  turn_hour(pool, call, keys[3])
  local gates, reply = pool.gates, {}
  for _, request in ipairs(requests) do reply[#reply + 1] = assign_one(call, pool, request) end
  write_due(call, keys[5], keys[6])
  write_traffic(call, keys[4])
  close_pool(pool, keys)
  return cmsgpack.pack({{unpack(gates, 0, GATE_COUNT - 1)}, reply})
end)
