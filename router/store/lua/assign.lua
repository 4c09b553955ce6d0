--[[ assign: give each person of a batch a line, or the one they have.
  keys  1-2 the pool (see shared/)   3 arrivals hash   4 traffic:<day> hash   5 due zset of minutes
        6 due:<minute> list of codes   7 waitlist zset   8 tickets string
        then per person: a:<prefix> hash, c:<prefix> hash if there is a contact, i:<bucket> hash …, and with an
        idempotency key k:<today> hash, k:<yesterday> hash
  args  1 writer   2 now_ms   3 reservation_s   4 backups   5 due minute   6… one PERSON a person
        PERSON = index of its a: key, prefix, four candidate suffixes, known code or 6 spaces, number of identities,
        1 with an idempotency key, 1 with a contact, number of excluded slots, wished slot, then each identity (key index, 8 bytes),
        the idempotency key (index of today's key, 8 bytes, 4 bytes of the request), each excluded slot, the contact
  reply cmsgpack {gates, {{word, reason, is_new, '', standing} a person}} (core/assignment.py has the words), or
        {waitlist} (nobody could tell them of room) | {mismatch} (idempotency key of another request) | {crowded} (all candidates taken; ask again) |
        {elsewhere, reason, false, code} (an identity points to another bucket; ask again with that code as known)
  error BAD_ARG
  cost  O(log lines) a person, whatever the number of people; O(excluded) more; O(lines) in the first call of an hour ]]

local PERSON = '>Hc3c12c6BBBBH'
local UNKNOWN_CODE = '      '
local NOBODY = {} -- never written

-- A table made with all its fields never has to grow, and most people share the empty one.
local function read_person(keys, packed)
  local home, prefix, suffixes, known, identity_count, has_key, has_contact, excluded_count, wished, at =
    struct.unpack(PERSON, packed)
  local p = {records = keys[home], prefix = prefix, suffixes = suffixes, known = known, wished = wished, once = false,
             identities = identity_count > 0 and {} or NOBODY, excluded = excluded_count > 0 and {} or NOBODY,
             contacts = false, contact = false}
  local is_complete = keys[home] ~= nil
  for i = 1, identity_count do
    local key, field
    key, field, at = struct.unpack('>Hc8', packed, at)
    p.identities[i] = {key = keys[key], field = field}
    is_complete = is_complete and keys[key] ~= nil
  end
  if has_key == 1 then
    local key, field, request
    key, field, request, at = struct.unpack('>Hc8c4', packed, at)
    p.once = {today = keys[key], yesterday = keys[key + 1], field = field, request = request}
    is_complete = is_complete and keys[key + 1] ~= nil
  end
  for _ = 1, excluded_count do
    local slot
    slot, at = struct.unpack('>H', packed, at)
    p.excluded[slot] = true
  end
  if has_contact == 1 then
    p.contacts, p.contact = keys[home + 1], string.sub(packed, at)
    is_complete = is_complete and p.contacts ~= nil
  end
  return is_complete and p
end

-- Remember which assignment an idempotency key led to: code, whether it was new, and a digest of the request.
local function remember(p, code, is_new)
  if not p.once then return end
  redis.call('HSET', p.once.today, p.once.field, code .. (is_new and '1' or '0') .. p.once.request)
  -- Only the first of a bucket sets its end: EXPIRE is written to disk, HLEN is not.
  if redis.call('HLEN', p.once.today) == 1 then redis.call('EXPIRE', p.once.today, 172800) end
end

local function recall(p)
  if not p.once then return nil end
  local kept = redis.call('HGET', p.once.today, p.once.field) or redis.call('HGET', p.once.yesterday, p.once.field)
  if not kept then return nil end
  return string.sub(kept, 1, 6), string.sub(kept, 7, 7) == '1', string.sub(kept, 8) == p.once.request
end

local function recognise(p)
  for _, identity in ipairs(p.identities) do
    local code = redis.call('HGET', identity.key, identity.field)
    if code then return code end
  end
  if p.known ~= UNKNOWN_CODE then return p.known end
end

-- A known person gave another identity: recognise them by it from now on, and keep it to be erased with the rest.
local function add_identities(p, code)
  local added = 0
  for _, identity in ipairs(p.identities) do
    added = added + redis.call('HSETNX', identity.key, identity.field, code)
  end
  if added > 0 and p.contact then
    local suffix = string.sub(code, 4)
    redis.call('HSET', p.contacts, suffix, (redis.call('HGET', p.contacts, suffix) or '') .. p.contact)
  end
end

-- The line that is next for this person, and why; nothing is charged yet.
local function peek(pool, p, wished)
  for _, slot in ipairs(wished) do
    local line = pool.line[slot]
    if line and line.tier <= 1 and not p.excluded[slot] then return slot, 'preferred' end
  end
  for tier = 0, 2 do
    local slot = pool.weight[tier] > 0 and next_in(pool, tier, p.excluded)
    if slot then return slot, tier == 0 and 'rotation' or tier == 1 and 'reserve' or 'at_risk' end
  end
end

local function wish_of(p) return p.wished ~= NO_SLOT and {p.wished} or NOBODY end

-- Write into a record that its person has this line from now on, as a reservation.
local function reserve_in(r, call, pool, slot, excluded)
  r.state, r.slot, r.tier = RESERVED, slot, pool.line[slot].tier
  r.backups = choose_backups(pool, slot, call.backups, excluded)
end

-- Charge the pick that `peek` named. One made out of turn costs a turn only if the line was due anyway.
local function take(call, pool, p, slot, reason)
  local line = pool.line[slot]
  if reason ~= 'preferred' then
    charge(pool, slot, p.excluded)
  elseif line.at <= pool.time[line.tier] then
    charge(pool, slot, {})
  end
  line.picks = line.picks + 1
  count(pool, slot, 1, 0, 1)
end

local function hold(call, r, code)
  r.expires_s = call.expires_s
  call.due[#call.due + 1] = code
end

local function write_record(p, code, r) redis.call('HSET', p.records, string.sub(code, 4), pack_record(r)) end

-- Keep a record under the first candidate suffix that nobody has.
local function claim_suffix(p, packed)
  for i = 1, #p.suffixes, 3 do
    local candidate = string.sub(p.suffixes, i, i + 2)
    if redis.call('HSETNX', p.records, candidate, packed) == 1 then return candidate end
  end
end

-- Keep a new record with all that its person is found by; nil if no candidate is free.
local function put_new(p, r)
  local suffix = claim_suffix(p, pack_record(r))
  if not suffix then return nil end
  local code = p.prefix .. suffix
  if p.contact then redis.call('HSET', p.contacts, suffix, p.contact) end
  for _, identity in ipairs(p.identities) do redis.call('HSET', identity.key, identity.field, code) end
  remember(p, code, true)
  return code
end

-- Who could be told of room later. What they excluded is not kept, so they would be invited to a line they must not get.
local function can_wait(p) return p.contact and #p.identities > 0 and not next(p.excluded) end

local function stand_in_line(call, r, code)
  redis.call('ZADD', call.waitlist, 'NX', redis.call('INCR', call.tickets), code)
  return answer('waitlist', 'no_room', code, r, NO_SLOT, false)
end

local function wait_as_new(call, p)
  if not can_wait(p) then return {'waitlist'} end
  local r = new_record(call.now_s, IS_KNOWN)
  r.state, r.tier = WAITLISTED, NONE
  local code = put_new(p, r)
  return code and stand_in_line(call, r, code) or {'crowded'}
end

local function give_new(call, pool, p)
  local slot, reason = peek(pool, p, wish_of(p))
  if not slot then return wait_as_new(call, p) end
  local r = new_record(call.now_s, #p.identities > 0 and IS_KNOWN or 0)
  reserve_in(r, call, pool, slot, p.excluded)
  r.expires_s = call.expires_s
  local code = put_new(p, r)
  if not code then return {'crowded'} end
  take(call, pool, p, slot, reason)
  call.due[#call.due + 1] = code
  return answer('new', reason, code, r, slot, true)
end

-- Answer with what they have; nobody is told a dead line, so there may be none for now.
local function stay(pool, code, r)
  local slot = route(pool.line, r)
  local reason = slot == NO_SLOT and 'no_room' or slot == r.slot and 'existing' or 'backup'
  return answer('existing', reason, code, r, slot, false)
end

-- A known person without a place waits for one from now on, if they do not already.
local function wait_again(call, p, code, r)
  r.state, r.slot, r.tier, r.backups = WAITLISTED, NO_SLOT, NONE, NO_BACKUPS
  set_flag(r, IS_INVITED, false)
  write_record(p, code, r)
  return stand_in_line(call, r, code)
end

-- Give a known person another line, a backup that may be on their card already before any other.
local function give_another(call, pool, p, code, r, word)
  local slot, reason = peek(pool, p, r.state == WAITLISTED and wish_of(p) or r.backups)
  local may_wait = can_wait(p) or (r.state == WAITLISTED and not next(p.excluded))
  if not slot and r.state ~= RESERVED and may_wait then return wait_again(call, p, code, r) end
  if not slot then return stay(pool, code, r) end
  if r.state == RESERVED then count(pool, r.slot, -1, 0, 0) end
  reserve_in(r, call, pool, slot, p.excluded)
  take(call, pool, p, slot, reason)
  hold(call, r, code)
  write_record(p, code, r)
  if word == 'new' then return answer(word, reason, code, r, slot, true) end
  return answer(word, reason == 'preferred' and 'backup' or reason, code, r, slot, false)
end

-- An expired person is back: their own line if it has room, else another.
local function renew(call, pool, p, code, r)
  local line = pool.line[r.slot]
  if not (line and line.tier <= 1) or p.excluded[r.slot] then return give_another(call, pool, p, code, r, 'renewed') end
  r.state = RESERVED
  count(pool, r.slot, 1, 0, 0)
  hold(call, r, code)
  write_record(p, code, r)
  return answer('renewed', 'existing', code, r, r.slot, false)
end

local function keep(call, pool, p, code, r)
  if r.state == WAITLISTED then return give_another(call, pool, p, code, r, 'new') end
  if r.state == EXPIRED or r.state == RELEASED then return renew(call, pool, p, code, r) end
  if r.state == RESERVED then
    if not can_carry(pool.line[r.slot]) then return give_another(call, pool, p, code, r, 'moved') end
    if r.expires_s - call.now_s < call.reservation_s / 2 then
      hold(call, r, code)
      write_record(p, code, r)
    end
  end
  return stay(pool, code, r)
end

local function assign_one(call, pool, p)
  local code, was_new, is_same = recall(p)
  if code and not is_same then return {'mismatch'} end
  local replayed = code ~= nil
  code = code or recognise(p)
  if not code then return give_new(call, pool, p) end
  if string.sub(code, 1, 3) ~= p.prefix then return {'elsewhere', 'existing', false, code} end
  local packed = redis.call('HGET', p.records, string.sub(code, 4))
  if not packed then return give_new(call, pool, p) end
  local r = unpack_record(packed)
  if #p.identities > 0 and not has_flag(r, IS_KNOWN) then
    set_flag(r, IS_KNOWN, true)
    write_record(p, code, r)
  end
  local reply = keep(call, pool, p, code, r)
  if replayed then
    if reply[1] == 'existing' then reply[1], reply[3] = 'replayed', was_new end
  else
    add_identities(p, code)
    remember(p, code, reply[3])
  end
  return reply
end

register('assign', function(keys, args)
  local writer, now_ms = args[1], tonumber(args[2])
  local call = {now_ms = now_ms, reservation_s = tonumber(args[3]), backups = tonumber(args[4]), due_minute = tonumber(args[5]),
                due = {}, traffic = {}, waitlist = keys[7], tickets = keys[8]}
  if #keys < 8 or #args < 6 or not (now_ms and call.reservation_s and call.backups and call.due_minute) then
    return redis.error_reply('BAD_ARG assign needs 8 keys, a writer, four numbers and at least one person')
  end
  call.now_s = math.floor(now_ms / 1000)
  call.expires_s = call.now_s + call.reservation_s
  local people = {}
  for i = 6, #args do
    local p = read_person(keys, args[i])
    if not p then return redis.error_reply('BAD_ARG assign: person ' .. (i - 5) .. ' names a key that was not given') end
    people[#people + 1] = p
  end
  local pool = open_pool(keys, writer)
  turn_hour(pool, call, keys[3])
  local g, reply = pool.gates, {}
  for _, p in ipairs(people) do reply[#reply + 1] = assign_one(call, pool, p) end
  write_due(call, keys[5], keys[6])
  write_traffic(call, keys[4])
  close_pool(pool, keys)
  return cmsgpack.pack({{unpack(g, 0, GATES - 1)}, reply})
end)
