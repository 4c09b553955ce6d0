--[[ kinds: what each kind of event changes. Every function returns {word, code, slot of a failure}.
  uses  formats, placement, records, health, people, conversations, texts ]]

local apply = {}

function apply.report(call, pool, keys, event)
  local facts = {}
  if event.status then facts.status = {event.status, event.at_us} end
  if event.reputation then facts.reputation = {event.reputation, event.at_us} end
  if event.is_gone then facts.is_gone = {event.is_gone, event.at_us} end
  local word = apply_report(call, pool, event.slot, facts, event.limits)
  -- Of a released line, only the report of the release says why.
  local is_already_released = pool.line[event.slot].status == STATUS_RELEASED and not event.is_gone
  if event.reason and word ~= 'stale' and word ~= 'unchanged' and not is_already_released then
    redis.call('HSET', call.health, slot_field(event.slot) .. ':why', event.reason)
  end
  return {word, ''}
end

function apply.text(call, pool, keys, event)
  local conversation = read_conversation(keys, event)
  local known, elsewhere = find_person(keys, event, conversation)
  if elsewhere then return {'elsewhere', elsewhere} end
  event.names_own_code = names_own_code(keys, event, known)
  local person = find_sender(call, pool, keys, event, known) or meet_sender(call, pool, keys, event)
  if not person then return {'crowded', ''} end
  conversation.code, conversation.slot = person.code, event.slot
  if event.chat then count_started(call, pool, event.slot, set_beginning(conversation, THEY_BEGAN, event.at_s)) end
  write_conversation(keys, event, conversation)
  count_traffic(call, event.slot, 'in', 1)
  if not event.is_late then record_sign_of_life(call, health_of(call, event.slot)) end
  local reply = apply_text(call, pool, keys, event, person)
  if person.is_met and reply[1] == 'heard' then reply[1] = 'met' end
  record_wrong_line(call, pool, keys, event, person)
  return reply
end

-- The provider, or the customer's app, goes on with a person from another line. Move the person there, or our records
-- and theirs differ.
local function follow(call, pool, keys, event, person, is_begun_by_us)
  local record = person.record
  if not counts_as_confirmed(record) or record.slot == event.slot or event.at_s < record.heard_s then return false end
  if not can_carry(pool.line[event.slot]) then return false end
  if can_carry(pool.line[record.slot]) and not is_begun_by_us then return false end
  move_to(call, pool, record, event.slot)
  return true
end

function apply.sent(call, pool, keys, event)
  local conversation = read_conversation(keys, event)
  local person, elsewhere = find_person(keys, event, conversation)
  if elsewhere then return {'elsewhere', elsewhere} end
  local begun = event.chat and set_beginning(conversation, WE_BEGAN, event.at_s) or 0
  count_started(call, pool, event.slot, begun)
  local word = begun > 0 and 'started' or 'sent'
  conversation.slot, conversation.written_s = event.slot, math.max(conversation.written_s, event.at_s)
  if person then
    conversation.code = person.code
    person.record.answers = add_capped(person.record.answers, 1)
    if follow(call, pool, keys, event, person, conversation.began == WE_BEGAN) then word = 'followed' end
    write_record(keys, person.code, person.key, person.record)
  end
  write_conversation(keys, event, conversation)
  count_traffic(call, event.slot, 'out', 1)
  tally_messages(call, health_of(call, event.slot), 1, 0, call.rules[1])
  return {word, person and person.code or ''}
end

function apply.chat(call, pool, keys, event)
  local conversation = read_conversation(keys, event)
  local person, elsewhere = find_person(keys, event, conversation)
  if elsewhere then return {'elsewhere', elsewhere} end
  local word = 'chat'
  conversation.slot = event.slot
  if person then
    conversation.code = person.code
    -- Our own message may be reported before the conversation it began.
    event.at_s = math.max(event.at_s, conversation.written_s)
    if conversation.written_s > 0 and follow(call, pool, keys, event, person, conversation.began == WE_BEGAN) then
      word = 'followed'
      write_record(keys, person.code, person.key, person.record)
    end
  end
  write_conversation(keys, event, conversation)
  return {word, person and person.code or ''}
end

-- One of our messages arrived or was read.
function apply.arrived(call, _, _, event)
  local health = health_of(call, event.slot)
  record_sign_of_life(call, health)
  return {'arrived', ''}
end

function apply.failed(call, pool, keys, event)
  local slot = event.slot
  local health, rules = health_of(call, slot), call.rules
  count_traffic(call, slot, 'failed', 1)
  tally_messages(call, health, 0, 1, rules[1])
  health.failed_ms = call.now_ms
  local is_bad = health.failed >= rules[2] and health.failed * 1000 >= rules[3] * math.max(health.sent, 1)
  return {is_bad and bench_line(pool, slot, health, rules[4]) and 'suspected' or 'failed', '', slot}
end

function apply.suspect(call, pool, _, event)
  local health = health_of(call, event.slot)
  health.failed_ms = call.now_ms
  return {bench_line(pool, event.slot, health, call.rules[4]) and 'suspected' or 'unchanged', ''}
end

function apply.reaction(call, pool, keys, event)
  local conversation = read_conversation(keys, event)
  local person, elsewhere = find_person(keys, event, conversation)
  if elsewhere then return {'elsewhere', elsewhere} end
  count_traffic(call, event.slot, event.is_ours and 'out' or 'in', 1)
  if not event.is_ours then record_sign_of_life(call, health_of(call, event.slot)) end
  if person then
    if event.is_ours then
      person.record.answers = add_capped(person.record.answers, 1)
    else
      -- `heard_s` stays: it orders texts, and a late STOP must not lose to a reaction.
      person.record.texts = add_capped(person.record.texts, 1)
    end
    write_record(keys, person.code, person.key, person.record)
  end
  return {'reaction', person and person.code or ''}
end

-- A message in a group: it counts as traffic of the line, but belongs to no person.
function apply.group(call, _, _, event)
  count_traffic(call, event.slot, event.is_ours and 'out' or 'in', 1)
  return {'group', ''}
end

function apply.note() return {'noted', ''} end
