--[[ takes: what each kind of event does; every function replies {word, code, slot of a failure}. ]]

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
