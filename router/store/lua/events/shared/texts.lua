--[[ texts: who sent a text, which line it puts them on, and what we report to the customer's app about it.
  uses  formats, placement, records, renewal, people, conversations ]]

-- Whether we asked the person to leave their line, and the line is not in full use again. Then a text to that line does
-- not undo the request.
local function was_asked_to_leave(pool, record)
  local line = pool.line[record.slot]
  local is_in_use = line and line.operator_state == OPERATOR_READY and line.status == STATUS_ACTIVE
  return record.state == STATE_MOVING and not is_in_use
end

-- Whether this text is the last word for the provider. Two texts of one second may arrive in any order: the one that
-- opts out counts.
local function is_last_word(record, event)
  if event.at_s ~= record.heard_s then return event.at_s > record.heard_s end
  return event.opts_out or record.state ~= STATE_OPTED_OUT
end

-- Record what the person wants. A request to stop holds until they ask for messages again, or text a code from a page of
-- ours; any other text leaves it as it is. Of two wishes the later one counts, and of two of one second the one to stop.
local function hear_wish(record, at_s, wants_quiet, wants_back)
  if not (wants_quiet or wants_back) then return end
  if at_s > record.wished_s or (at_s == record.wished_s and wants_quiet) then
    record.wished_s = at_s
    set_flag(record, FLAG_SUPPRESSED, wants_quiet)
  end
end

local function state_after(pool, record, event, word)
  if event.opts_out then return STATE_OPTED_OUT end
  return word ~= 'moved' and was_asked_to_leave(pool, record) and STATE_MOVING or STATE_CONFIRMED
end

-- Store what the customer's app must learn about a person or a line, until it was sent; the stream has a limit.
local function add_app_news(call, keys, kind, code, from, to)
  redis.call('XADD', keys[9], 'MAXLEN', '~', NEWS_KEPT, '*', 'kind', kind, 'code', code, 'from', from, 'to', to,
    'at', call.now_ms)
end

local function apply_text(call, pool, keys, event, person)
  local record, at_s = person.record, event.at_s
  local is_newest, word = is_last_word(record, event), 'heard'
  give_texted_line(call, pool, record, event.slot, event.is_late and 0 or 1)
  if confirm_place(call, pool, record, at_s) then
    word, call.has_come = 'confirmed', accept_invitation(record)
    add_app_news(call, keys, 'confirmed', person.code, event.slot, event.slot)
  end
  if event.slot ~= record.slot and is_newest and not event.is_late and can_carry(pool.line[event.slot]) then
    move_to(call, pool, record, event.slot)
    word = 'moved'
  end
  if is_newest then
    local was_out = record.state == STATE_OPTED_OUT
    record.state = state_after(pool, record, event, word)
    if was_out ~= (record.state == STATE_OPTED_OUT) then word = event.opts_out and 'opted_out' or 'opted_in' end
  elseif person.newer then
    local newer = person.newer
    if newer.slot ~= record.slot and can_carry(pool.line[newer.slot]) then move_to(call, pool, record, newer.slot) end
    if newer.is_out then record.state = STATE_OPTED_OUT end
  end
  hear_wish(record, at_s, event.opts_out or event.wants_quiet or false, event.wants_back or event.names_own_code)
  record.heard_s, record.texts = math.max(record.heard_s, at_s), add_capped(record.texts, 1)
  if record.texts == THIRD_TEXT then count_traffic(call, record.slot, 'third', 1) end
  write_record(keys, person.code, person.key, record)
  return {word, person.code}
end

local function add_contact(keys, index, code, contact)
  local suffix = string.sub(code, 4)
  redis.call('HSET', keys[index + 1], suffix, (redis.call('HGET', keys[index + 1], suffix) or '') .. contact)
end

-- Give a record to a sender without a signup, so that we know everybody on a line when they must leave it.
local function meet_sender(call, pool, keys, event)
  local line = pool.line[event.slot]
  local record = new_record(event.at_s, FLAG_ORGANIC)
  record.state, record.slot, record.tier, record.confirmed_s = STATE_CONFIRMED, event.slot, line.tier, event.at_s
  record.backups = choose_backups(pool, event.slot, call.backups, {}, line.confirmed)
  for i = 1, #event.suffixes, 3 do
    local suffix = string.sub(event.suffixes, i, i + 2)
    if redis.call('HSETNX', keys[event.home], suffix, pack_record(record)) == 1 then
      local code = event.prefix .. suffix
      count_people(pool, event.slot, 0, 1, event.is_late and 0 or 1)
      redis.call('HSET', keys[event.handle], event.handle_field, code)
      add_contact(keys, event.home, code, event.contact)
      return {code = code, key = event.home, record = record, is_met = true}
    end
  end
end

local CAN_BE_CLAIMED = {[STATE_RESERVED] = true, [STATE_EXPIRED] = true, [STATE_WAITLISTED] = true}

-- The first code in the text whose person has not texted yet.
local function find_claimed(keys, event, known)
  for _, named in ipairs(event.codes or {}) do
    local code, key = named[1], named[2]
    local record = (not known or code ~= known.code) and read_record(keys, code, key)
    if record and CAN_BE_CLAIMED[record.state] then return {code = code, key = key, record = record} end
  end
end

-- The reservation of this line that a reading of the text fits. What fits two live codes binds neither, and a sender we
-- know by a signup stays who they are.
local function find_guessed(pool, keys, event, known)
  if known and not has_flag(known.record, FLAG_ORGANIC) then return nil end
  local fitting, claimed = 0, nil
  for _, named in ipairs(event.guesses or {}) do
    local record = read_record(keys, named[1], named[2])
    if record and record.state == STATE_RESERVED then
      fitting, claimed = fitting + 1, {code = named[1], key = named[2], record = record}
    end
  end
  if fitting ~= 1 or live_slot_of(pool.line, claimed.record) ~= event.slot then return nil end
  event.detail = 'code guessed'
  return claimed
end

-- Whether the text names a code of its sender: one that is theirs, that they can claim or that they gave up. A page of
-- ours gave it to them.
local function names_own_code(keys, event, known)
  local is_known = known and has_flag(known.record, FLAG_KNOWN)
  for _, named in ipairs(event.codes or {}) do
    if known and named[1] == known.code then return true end
    local record = read_record(keys, named[1], named[2])
    local is_free = record and (CAN_BE_CLAIMED[record.state] or record.state == STATE_RELEASED)
    if is_free and not (is_known and has_flag(record, FLAG_KNOWN)) then return true end
  end
  return false
end

-- A person we knew only by their texts turns out to be the person of a code: merge the first into the second. The text
-- with the code may be reported late; then `newer` holds what the person's newer texts said.
local function merge_people(pool, keys, from, into)
  local old, new = from.record, into.record
  into.newer = {slot = old.slot, is_out = old.state == STATE_OPTED_OUT}
  hear_wish(new, old.wished_s, has_flag(old, FLAG_SUPPRESSED), old.wished_s > 0)
  release_record(pool, old)
  if has_flag(old, FLAG_QUIET) then set_flag(new, FLAG_QUIET, true) end
  new.heard_s = math.max(new.heard_s, old.heard_s)
  new.texts, new.answers = add_capped(new.texts, old.texts), add_capped(new.answers, old.answers)
  local line, suffix = pool.line[old.slot], string.sub(from.code, 4)
  redis.call('HDEL', keys[from.key + 1], suffix)
  if not has_flag(old, FLAG_ORGANIC) then
    write_record(keys, from.code, from.key, old)
    return
  end
  -- They were counted when they signed up, so take back the second arrival. One of an earlier hour is in the ring, and
  -- stays.
  local is_of_this_hour = math.floor(old.created_s * 1000 / HOUR_MS) == pool.hour
  if is_of_this_hour and line.new_hour > 0 then count_people(pool, old.slot, 0, 0, -1) end
  redis.call('HDEL', keys[from.key], suffix)
end

-- Find the sender. A code can be claimed once, and not by a sender we already know as another person.
local function find_sender(call, pool, keys, event, known)
  local claimed = find_claimed(keys, event, known) or find_guessed(pool, keys, event, known)
  if not claimed then return known end
  if known and has_flag(known.record, FLAG_KNOWN) then
    if has_flag(claimed.record, FLAG_KNOWN) then
      give_texted_line(call, pool, claimed.record, event.slot, event.is_late and 0 or 1)
      if confirm_place(call, pool, claimed.record, event.at_s) then -- two people the back end knows share a phone
        add_app_news(call, keys, 'confirmed', claimed.code, event.slot, event.slot)
      end
      if accept_invitation(claimed.record) then redis.call('RPUSH', keys[8], claimed.code) end
    else
      release_record(pool, claimed.record) -- a known person signed up once more on the page
    end
    write_record(keys, claimed.code, claimed.key, claimed.record)
    return known
  end
  if known then merge_people(pool, keys, known, claimed) end
  redis.call('HSET', keys[event.handle], event.handle_field, claimed.code)
  add_contact(keys, claimed.key, claimed.code, event.contact)
  return claimed
end

-- A person who texts a line that cannot carry them, or one they were asked to leave, must learn the right line: once in
-- 24 hours.
local function record_wrong_line(call, pool, keys, event, person)
  local record, code = person.record, person.code
  local is_left = event.slot == record.slot and was_asked_to_leave(pool, record)
  local is_right = can_carry(pool.line[event.slot]) and not is_left
  if event.is_late or is_right or record.state == STATE_OPTED_OUT or has_flag(record, FLAG_SUPPRESSED) then return end
  if renew_backups(pool, code, record, call.backups) then write_record(keys, code, person.key, record) end
  local right = live_slot_of(pool.line, record)
  if right == NO_SLOT or right == event.slot then return end
  local recorded = redis.call('HGET', keys[10], code) or redis.call('HGET', keys[11], code)
  if recorded and call.now_ms - struct.unpack(WRONG_LINE_FORMAT, recorded) < DAY_MS then return end
  redis.call('HSET', keys[10], code, struct.pack(WRONG_LINE_FORMAT, call.now_ms, event.slot))
  if redis.call('HLEN', keys[10]) == 1 then redis.call('EXPIRE', keys[10], WRONG_KEPT_S) end
  add_app_news(call, keys, 'wrong_line', code, event.slot, right)
end
