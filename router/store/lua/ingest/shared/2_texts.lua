--[[ texts: whose a text is, which line it puts them on, and what the customer's app is told of it. ]]

local WRONG = '>dH'

-- Whether they were asked to leave their line, and it is not in full use again: a text to it takes nothing of that back.
local function is_to_leave(pool, r)
  local line = pool.line[r.slot]
  return r.state == MOVING and not (line and line.op == READY and line.status == ACTIVE)
end

-- Of two texts of one second, which may come in any order, the one that asks more firmly to stop counts.
local function is_last_word(r, e)
  if e.at_s ~= r.heard_s then return e.at_s > r.heard_s end
  if e.opts_out or not has_flag(r, IS_SUPPRESSED) then return true end
  return r.state ~= OPTED_OUT and e.wants_quiet or false
end

local function place_text(call, pool, keys, e, person)
  local r, at_s = person.r, e.at_s
  local is_newest, word = is_last_word(r, e), 'heard'
  seat(call, pool, r, e.slot, e.is_late and 0 or 1)
  if settle(call, pool, r, at_s) then word, call.has_come = 'confirmed', take_up_invitation(r) end
  if e.slot ~= r.slot and is_newest and not e.is_late and can_carry(pool.line[e.slot]) then
    move_to(call, pool, r, e.slot)
    word = 'moved'
  end
  if is_newest then
    local was_out = r.state == OPTED_OUT
    r.state = e.opts_out and OPTED_OUT or word ~= 'moved' and is_to_leave(pool, r) and MOVING or CONFIRMED
    if was_out ~= (r.state == OPTED_OUT) then word = e.opts_out and 'opted_out' or 'opted_in' end
    set_flag(r, IS_SUPPRESSED, e.opts_out or e.wants_quiet or false)
  elseif person.newer then
    local newer = person.newer
    if newer.slot ~= r.slot and can_carry(pool.line[newer.slot]) then move_to(call, pool, r, newer.slot) end
    if newer.is_out then r.state = OPTED_OUT end
    set_flag(r, IS_SUPPRESSED, newer.is_suppressed)
  end
  r.heard_s, r.texts = math.max(r.heard_s, at_s), add(r.texts, 1)
  keep(keys, person.code, person.key, r)
  return {word, person.code}
end

local function add_contact(keys, index, code, contact)
  local suffix = string.sub(code, 4)
  redis.call('HSET', keys[index + 1], suffix, (redis.call('HGET', keys[index + 1], suffix) or '') .. contact)
end

-- A person nobody signed up, so that everybody on a line is known when it must be left.
local function meet(call, pool, keys, e)
  local line = pool.line[e.slot]
  local r = new_record(e.at_s, IS_ORGANIC)
  r.state, r.slot, r.tier, r.confirmed_s = CONFIRMED, e.slot, line.tier, e.at_s
  r.backups = choose_backups(pool, e.slot, call.backups, {}, line.confirmed)
  for i = 1, #e.suffixes, 3 do
    local suffix = string.sub(e.suffixes, i, i + 2)
    if redis.call('HSETNX', keys[e.home], suffix, pack_record(r)) == 1 then
      local code = e.prefix .. suffix
      count(pool, e.slot, 0, 1, e.is_late and 0 or 1)
      redis.call('HSET', keys[e.handle], e.handle_field, code)
      add_contact(keys, e.home, code, e.contact)
      return {code = code, key = e.home, r = r, is_met = true}
    end
  end
end

-- The first code of the text that waits for somebody to text it.
local function claimed_by(keys, e, known)
  for _, named in ipairs(e.codes or {}) do
    local code, key = named[1], named[2]
    local r = (not known or code ~= known.code) and fetch(keys, code, key)
    if r and (r.state == RESERVED or r.state == EXPIRED or r.state == WAITLISTED) then return {code = code, key = key, r = r} end
  end
end

-- Somebody we only knew by their texts turns out to be the person of a code. What newer texts of theirs said, if the
-- one with the code was told late, is left in `newer`.
local function merge(pool, keys, from, into)
  into.newer = {slot = from.r.slot, is_out = from.r.state == OPTED_OUT, is_suppressed = has_flag(from.r, IS_SUPPRESSED)}
  release(pool, from.r)
  if has_flag(from.r, IS_QUIET) then set_flag(into.r, IS_QUIET, true) end
  into.r.heard_s = math.max(into.r.heard_s, from.r.heard_s)
  into.r.texts, into.r.answers = add(into.r.texts, from.r.texts), add(into.r.answers, from.r.answers)
  local line, suffix = pool.line[from.r.slot], string.sub(from.code, 4)
  redis.call('HDEL', keys[from.key + 1], suffix)
  if not has_flag(from.r, IS_ORGANIC) then
    keep(keys, from.code, from.key, from.r)
    return
  end
  -- They had been counted when they signed up; an arrival of an earlier hour is in the ring, and stays.
  local is_of_this_hour = math.floor(from.r.created_s * 1000 / HOUR_MS) == pool.hour
  if is_of_this_hour and line.new_hour > 0 then count(pool, from.r.slot, 0, 0, -1) end
  redis.call('HDEL', keys[from.key], suffix)
end

-- Whose text this is. A code binds once, and only a sender who is not somebody else already.
local function author(call, pool, keys, e, known)
  local claimed = claimed_by(keys, e, known)
  if not claimed then return known end
  if known and has_flag(known.r, IS_KNOWN) then
    if has_flag(claimed.r, IS_KNOWN) then
      seat(call, pool, claimed.r, e.slot, e.is_late and 0 or 1)
      settle(call, pool, claimed.r, e.at_s) -- two people of the back end share a phone
      if take_up_invitation(claimed.r) then redis.call('RPUSH', keys[8], claimed.code) end
    else
      release(pool, claimed.r) -- one who is known signed up once more on the page
    end
    keep(keys, claimed.code, claimed.key, claimed.r)
    return known
  end
  if known then merge(pool, keys, known, claimed) end
  redis.call('HSET', keys[e.handle], e.handle_field, claimed.code)
  add_contact(keys, claimed.key, claimed.code, e.contact)
  return claimed
end

-- What the customer's app must be told of a person: kept until somebody told it, and not without end.
local function tell_app(call, keys, kind, code, from, to)
  redis.call('XADD', keys[9], 'MAXLEN', '~', NEWS_KEPT, '*', 'kind', kind, 'code', code, 'from', from, 'to', to,
    'at', call.now_ms)
end

-- Whoever texts a line that can not carry them, or that they were asked to leave, must be told the right one: once in 24
-- hours.
local function note_wrong_line(call, pool, keys, e, person)
  local r, code = person.r, person.code
  local is_right = can_carry(pool.line[e.slot]) and not (e.slot == r.slot and is_to_leave(pool, r))
  if e.is_late or is_right or r.state == OPTED_OUT or has_flag(r, IS_SUPPRESSED) then return end
  local right = route(pool.line, r)
  if right == NO_SLOT or right == e.slot then return end
  local noted = redis.call('HGET', keys[10], code) or redis.call('HGET', keys[11], code)
  if noted and call.now_ms - struct.unpack(WRONG, noted) < DAY_MS then return end
  redis.call('HSET', keys[10], code, struct.pack(WRONG, call.now_ms, e.slot))
  if redis.call('HLEN', keys[10]) == 1 then redis.call('EXPIRE', keys[10], WRONG_KEPT_S) end
  tell_app(call, keys, 'wrong_line', code, e.slot, right)
end
