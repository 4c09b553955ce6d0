--[[ ingest: take in what the provider told of one pool's lines and people, each event once.
  keys  1-2 the pool   3 health hash   4 traffic:<day> hash   5 events:lines stream   6 events:people stream
        7 arrivals hash   8 moves list   9 news stream   10 wrong:<day> hash   11 wrong:<day before> hash
        then what the events name by index: seen:<day>:<bucket>, i:<bucket>, chat:<bucket>, a:<prefix> each followed by
        its c:<prefix>
  args  1 writer   2 now_ms   3 backups   4 cmsgpack RULES   5… two an event: cmsgpack of its fields as
        store/observations.py names them, and OCTETS with the contact
        RULES = {half_life_ms, min_failed, failed_permille, max_suspected}: when failing messages bench a line
  reply cmsgpack {{word, code, slot of a failure} an event}: duplicate | elsewhere (nothing was done; ask again with
        that code as known) | crowded (nothing was done; ask again with other suffixes) | unplaced (of no line; nothing
        was done) | what became of the line or the person
  error BAD_ARG
  cost  O(log lines) an event ]]

local CHAT = '>c6HI4I4B'
local OCTETS = '>c16c8c8'
local NOBODY = '      '
local WRONG = '>dH'
local THEY_BEGAN, WE_BEGAN = 1, 2

-- Records, read and written through one place: an event names the keys that may hold them.
local function fetch(keys, code, index)
  local packed = code and index and redis.call('HGET', keys[index], string.sub(code, 4))
  return packed and unpack_record(packed)
end

local function keep(keys, code, index, r) redis.call('HSET', keys[index], string.sub(code, 4), pack_record(r)) end

local function read_chat(keys, e)
  local packed = e.chat and redis.call('HGET', keys[e.chat], e.chat_field)
  if not packed then return {code = NOBODY, slot = e.slot or NO_SLOT, written_s = 0, first_s = 0, began = 0} end
  local chat = {}
  chat.code, chat.slot, chat.written_s, chat.first_s, chat.began = struct.unpack(CHAT, packed)
  return chat
end

local function write_chat(keys, e, chat)
  if e.chat then
    redis.call('HSET', keys[e.chat], e.chat_field,
      struct.pack(CHAT, chat.code, chat.slot, chat.written_s, chat.first_s, chat.began))
  end
end

-- Whoever wrote first began a conversation, also if it is told last; of one second it was the person. Replies by how
-- much this changes what the line began.
local function begin(chat, who, at_s)
  local was = chat.began
  if was ~= 0 and (at_s > chat.first_s or (at_s == chat.first_s and who == WE_BEGAN)) then return 0 end
  chat.began, chat.first_s = who, at_s
  return (who == WE_BEGAN and 1 or 0) - (was == WE_BEGAN and 1 or 0)
end

local function count_started(call, pool, slot, times)
  local line = pool.line[slot]
  if times == 0 or line.started_hour + times < 0 then return end -- one of an earlier hour is in the ring already
  line.started_24h, line.started_hour = line.started_24h + times, line.started_hour + times
  replace_line(pool, slot, line)
  note_traffic(call, slot, 'started', times)
end

-- Who this is: by their handle, else by the conversation. The second result is a code whose record was not named.
local function who(keys, e, chat)
  local code = e.handle and redis.call('HGET', keys[e.handle], e.handle_field)
  if not code and chat.code ~= NOBODY then code = chat.code end
  if not code then return nil end
  if code ~= e.known then return nil, code end
  local r = fetch(keys, code, e.known_key)
  return r and r.state ~= RELEASED and {code = code, key = e.known_key, r = r} or nil
end

-- Whether they were asked to leave their line, and it is not in full use again: a text to it takes nothing of that back.
local function is_to_leave(pool, r)
  local line = pool.line[r.slot]
  return r.state == MOVING and not (line and line.op == READY and line.status == ACTIVE)
end

local function place_text(call, pool, keys, e, person)
  local r, at_s = person.r, e.at_s
  local is_newest, word = at_s >= r.heard_s, 'heard'
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
    if r and (r.state == RESERVED or r.state == EXPIRED) then return {code = code, key = key, r = r} end
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
      settle(call, pool, claimed.r, e.at_s) -- two people of the back end share a phone
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

local take = {}

function take.report(call, pool, keys, e)
  local facts = {}
  if e.status then facts.status = {e.status, e.at_us} end
  if e.reputation then facts.reputation = {e.reputation, e.at_us} end
  if e.is_gone then facts.is_gone = {e.is_gone, e.at_us} end
  local word = report(call, pool, e.slot, facts, e.limits)
  local is_told_elsewhere = pool.line[e.slot].status == RELEASED_LINE and not e.is_gone
  if e.reason and word ~= 'stale' and word ~= 'unchanged' and not is_told_elsewhere then
    redis.call('HSET', call.health, member(e.slot) .. ':why', e.reason)
  end
  return {word, ''}
end

function take.text(call, pool, keys, e)
  local chat = read_chat(keys, e)
  local known, elsewhere = who(keys, e, chat)
  if elsewhere then return {'elsewhere', elsewhere} end
  local person = author(call, pool, keys, e, known) or meet(call, pool, keys, e)
  if not person then return {'crowded', ''} end
  chat.code, chat.slot = person.code, e.slot
  if e.chat then count_started(call, pool, e.slot, begin(chat, THEY_BEGAN, e.at_s)) end
  write_chat(keys, e, chat)
  note_traffic(call, e.slot, 'in', 1)
  if not e.is_late then sign_of_life(call, health_of(call, e.slot)) end
  local reply = place_text(call, pool, keys, e, person)
  if person.is_met and reply[1] == 'heard' then reply[1] = 'met' end
  note_wrong_line(call, pool, keys, e, person)
  return reply
end

-- The provider, or the customer's app, went on with somebody from another line: follow, or our map and theirs differ.
local function follow(call, pool, keys, e, person, is_begun_by_us)
  local r = person.r
  if not is_settled(r) or r.slot == e.slot or e.at_s < r.heard_s or not can_carry(pool.line[e.slot]) then return false end
  if can_carry(pool.line[r.slot]) and not is_begun_by_us then return false end
  move_to(call, pool, r, e.slot)
  return true
end

function take.sent(call, pool, keys, e)
  local chat = read_chat(keys, e)
  local person, elsewhere = who(keys, e, chat)
  if elsewhere then return {'elsewhere', elsewhere} end
  local begun = e.chat and begin(chat, WE_BEGAN, e.at_s) or 0
  count_started(call, pool, e.slot, begun)
  local word = begun > 0 and 'started' or 'sent'
  chat.slot, chat.written_s = e.slot, math.max(chat.written_s, e.at_s)
  if person then
    chat.code = person.code
    person.r.answers = add(person.r.answers, 1)
    if follow(call, pool, keys, e, person, chat.began == WE_BEGAN) then word = 'followed' end
    keep(keys, person.code, person.key, person.r)
  end
  write_chat(keys, e, chat)
  note_traffic(call, e.slot, 'out', 1)
  tally(call, health_of(call, e.slot), 1, 0, call.rules[1])
  return {word, person and person.code or ''}
end

function take.chat(call, pool, keys, e)
  local chat = read_chat(keys, e)
  local person, elsewhere = who(keys, e, chat)
  if elsewhere then return {'elsewhere', elsewhere} end
  local word = 'chat'
  chat.slot = e.slot
  if person then
    chat.code = person.code
    -- A message of ours may have come before the conversation it began.
    e.at_s = math.max(e.at_s, chat.written_s)
    if chat.written_s > 0 and follow(call, pool, keys, e, person, chat.began == WE_BEGAN) then
      word = 'followed'
      keep(keys, person.code, person.key, person.r)
    end
  end
  write_chat(keys, e, chat)
  return {word, person and person.code or ''}
end

-- A message arrived or was read.
function take.arrived(call, _, _, e)
  local h = health_of(call, e.slot)
  sign_of_life(call, h)
  return {'arrived', ''}
end

function take.failed(call, pool, keys, e)
  local slot = e.slot
  local h, rules = health_of(call, slot), call.rules
  note_traffic(call, slot, 'failed', 1)
  tally(call, h, 0, 1, rules[1])
  h.failed_ms = call.now_ms
  local is_bad = h.failed >= rules[2] and h.failed * 1000 >= rules[3] * math.max(h.sent, 1)
  return {is_bad and suspect(pool, slot, h, rules[4]) and 'suspected' or 'failed', '', slot}
end

function take.suspect(call, pool, _, e)
  local h = health_of(call, e.slot)
  h.failed_ms = call.now_ms
  return {suspect(pool, e.slot, h, call.rules[4]) and 'suspected' or 'unchanged', ''}
end

function take.reaction(call, pool, keys, e)
  local chat = read_chat(keys, e)
  local person, elsewhere = who(keys, e, chat)
  if elsewhere then return {'elsewhere', elsewhere} end
  note_traffic(call, e.slot, e.is_ours and 'out' or 'in', 1)
  if not e.is_ours then sign_of_life(call, health_of(call, e.slot)) end
  if person then
    if e.is_ours then
      person.r.answers = add(person.r.answers, 1)
    else
      person.r.texts = add(person.r.texts, 1) -- `heard_s` orders texts: a late STOP must not lose to a reaction
    end
    keep(keys, person.code, person.key, person.r)
  end
  return {'reaction', person and person.code or ''}
end

-- A message of a group: it is load of the line, and nobody's own.
function take.group(call, _, _, e)
  note_traffic(call, e.slot, e.is_ours and 'out' or 'in', 1)
  return {'group', ''}
end

function take.note() return {'noted', ''} end

-- Rows of lines are few and long wanted, those of people many: a flood of texts must not push out a flag.
local function log_row(call, keys, e, reply)
  local stream = (e.kind == 'report' or e.kind == 'suspect' or e.kind == 'note' or reply[1] == 'suspected') and 5 or 6
  redis.call('XADD', keys[stream], 'MAXLEN', '~', ROWS_KEPT, '*', 'at', call.now_ms, 'event', e.id, 'type', e.type,
    'word', reply[1], 'slot', e.slot or -1, 'code', reply[2], 'told_us', string.format('%.0f', e.at_us),
    'detail', e.detail or '')
end

-- An event that names no line is of the line its conversation was last on.
local function place_event(pool, keys, e)
  if not e.slot and e.kind ~= 'note' then e.slot = read_chat(keys, e).slot end
  return e.slot == nil or pool.line[e.slot] ~= nil
end

local function ingest_one(call, pool, keys, e)
  if e.seen and redis.call('HEXISTS', keys[e.seen], e.seen_field) == 1 then return {'duplicate', ''} end
  if not place_event(pool, keys, e) then return {'unplaced', ''} end
  call.has_moved, call.has_come = false, false
  local reply = take[e.kind](call, pool, keys, e)
  if reply[1] == 'elsewhere' or reply[1] == 'crowded' then return reply end
  if e.seen then
    redis.call('HSET', keys[e.seen], e.seen_field, '')
    redis.call('EXPIRE', keys[e.seen], SEEN_KEPT_S)
  end
  if call.has_moved or call.has_come then redis.call('RPUSH', keys[8], reply[2]) end
  if call.has_moved then tell_app(call, keys, 'moved', reply[2], call.left, call.joined) end
  log_row(call, keys, e, reply)
  return reply
end

local function has_keys(keys, e)
  local most = math.max(e.seen or 0, e.handle or 0, e.chat or 0, (e.known_key or 0) + 1, (e.home or 0) + 1)
  for _, named in ipairs(e.codes or {}) do most = math.max(most, named[2] + 1) end
  return most <= #keys
end

local function is_whole(keys, pool, e)
  if not (take[e.kind] and e.at_us and has_keys(keys, e)) then return false end
  if e.kind == 'text' and not (e.handle and e.home) then return false end
  if e.slot == nil then return e.kind == 'note' or e.chat ~= nil end
  return pool.line[e.slot] ~= nil
end

register('ingest', function(keys, args)
  local now_ms, backups = tonumber(args[2]), tonumber(args[3])
  if #keys < 11 or #args < 6 or math.fmod(#args, 2) ~= 0 or not now_ms or not backups then
    return redis.error_reply('BAD_ARG ingest needs 11 keys, a writer, two numbers, the rules and at least one event')
  end
  local call = {now_ms = now_ms, backups = backups, rules = cmsgpack.unpack(args[4]), health = keys[3],
                opened_health = {}, traffic = {}}
  local pool, events, reply = open_pool(keys, args[1]), {}, {}
  for i = 5, #args, 2 do
    local e, at = cmsgpack.unpack(args[i]), nil
    e.seen_field, e.handle_field, e.chat_field, at = struct.unpack(OCTETS, args[i + 1])
    e.contact = string.sub(args[i + 1], at)
    if not is_whole(keys, pool, e) then
      return redis.error_reply('BAD_ARG ingest: event ' .. (i - 3) / 2 .. ' lacks a kind, a key or a line of the pool')
    end
    e.at_s = math.floor(e.at_us / 1000000)
    events[#events + 1] = e
  end
  turn_hour(pool, call, keys[7])
  for i, e in ipairs(events) do reply[i] = ingest_one(call, pool, keys, e) end
  write_health(call)
  write_traffic(call, keys[4])
  close_pool(pool, keys)
  return cmsgpack.pack(reply)
end)
