--[[ apply_events: apply the provider's events about one pool's lines and people, each event once.
  uses  formats, pool, records, health, day_ring, conversations, texts, kinds
  keys  1 lines hash   2 rotation string   3 health hash   4 traffic hash of the day   5 line_events stream
        6 people_events stream   7 arrivals hash   8 moves list   9 news stream   10 wrong_today hash
        11 wrong_yesterday hash
        named by each event: seen:<day>:<bucket>, i:<bucket>, chat:<bucket>, and a:<prefix> followed by its c:<prefix>;
        a handle with several spellings names an i:<bucket> for each
  args  1 writer   2 now_ms   3 backups   4 rules packed as RULES
        each of 1 to 32   fields, cmsgpack as store/pool_events.py names them   octets, EVENT_FORMAT and SENDER
        where SENDER = 8 bytes for each further spelling of the handle, then the contact
        where RULES = cmsgpack {half_life_ms, min_failed, failed_permille, max_suspected}: when failing messages bench
        a line
  reply cmsgpack {{word, code, slot of a failure} an event}: duplicate | elsewhere (nothing was done; ask again with
        that code as known) | crowded (nothing was done; ask again with other suffixes) | unplaced (it belongs to no line;
        nothing was done) | a word for what it changed of the line or the person
  error BAD_ARG
  cost  O(log lines) an event ]]

local FIXED_KEYS = 11
local IS_NEWS_OF_A_LINE = {flagged = true, recovered = true}
local IS_ABOUT_A_LINE = {report = true, suspect = true, note = true}

-- Rows about lines are few and wanted for long, those about people are many. They have two streams, so that a flood of
-- texts cannot push out a flag.
local function log_row(call, keys, event, reply)
  local stream = (IS_ABOUT_A_LINE[event.kind] or reply[1] == 'suspected') and 5 or 6
  redis.call('XADD', keys[stream], 'MAXLEN', '~', ROWS_KEPT, '*', 'at', call.now_ms, 'event', event.id,
    'type', event.type, 'word', reply[1], 'slot', event.slot or -1, 'code', reply[2],
    'told_us', string.format('%.0f', event.at_us), 'detail', event.detail or '')
end

-- An event that names no line belongs to the line its conversation was last on.
local function place_event(pool, keys, event)
  if not event.slot and event.kind ~= 'note' then event.slot = read_conversation(keys, event).slot end
  return event.slot == nil or pool.line[event.slot] ~= nil
end

local function apply_one(call, pool, keys, event)
  if event.seen and redis.call('HEXISTS', keys[event.seen], event.seen_field) == 1 then return {'duplicate', ''} end
  if not place_event(pool, keys, event) then return {'unplaced', ''} end
  call.has_moved, call.has_come = false, false
  local reply = apply[event.kind](call, pool, keys, event)
  if reply[1] == 'elsewhere' or reply[1] == 'crowded' then return reply end
  if event.seen then
    redis.call('HSET', keys[event.seen], event.seen_field, '')
    redis.call('EXPIRE', keys[event.seen], SEEN_KEPT_S)
  end
  if call.has_moved or call.has_come then redis.call('RPUSH', keys[8], reply[2]) end
  if call.has_moved then add_app_news(call, keys, 'moved', reply[2], call.left, call.joined) end
  if IS_NEWS_OF_A_LINE[reply[1]] then add_app_news(call, keys, reply[1], '', event.slot, event.slot) end
  log_row(call, keys, event, reply)
  return reply
end

-- The first and the last place of the keys that an event names.
local function places_of(event)
  local first, last = math.huge, FIXED_KEYS
  local function name(place, count)
    if place then first, last = math.min(first, place), math.max(last, place + count - 1) end
  end
  name(event.seen, 1)
  name(event.handle, 1)
  name(event.chat, 1)
  name(event.known_key, 2)
  name(event.home, 2)
  for _, place in ipairs(event.others or {}) do name(place, 1) end
  for _, named in ipairs(event.codes or {}) do name(named[2], 2) end
  for _, named in ipairs(event.guesses or {}) do name(named[2], 2) end
  return first, last
end

local function is_whole(event)
  if not (apply[event.kind] and event.at_us and event.id and event.type) then return false end
  if event.kind == 'text' and not (event.handle and event.home and event.prefix and event.suffixes) then return false end
  return event.slot ~= nil or event.kind == 'note' or event.chat ~= nil
end

-- Return the event and the last place of the keys it names; nil if it is not whole.
local function read_event(keys, fields, octets)
  local event, at = cmsgpack.unpack(fields), nil
  event.seen_field, event.handle_field, event.chat_field, at = struct.unpack(EVENT_FORMAT, octets)
  event.other_fields = {}
  for i = 1, #(event.others or {}) do event.other_fields[i], at = struct.unpack('c8', octets, at) end
  event.contact = string.sub(octets, at)
  event.at_s = event.at_us and math.floor(event.at_us / 1000000)
  local first, last = places_of(event)
  if first <= FIXED_KEYS or last > #keys or not is_whole(event) then return nil end
  return event, last
end

register('apply_events', function(keys, args)
  local now_ms, backups = tonumber(args[2]), tonumber(args[3])
  local rules = #args >= 4 and try_unpack(args[4]) or {}
  local is_told = is_writer(args[1]) and now_ms and backups and #rules == 4
  if #keys < FIXED_KEYS or #args < 6 or math.fmod(#args, 2) ~= 0 or not is_told then
    return redis.error_reply('BAD_ARG apply_events needs 11 keys, a writer, two numbers, the rules and at least one event')
  end
  local call = {now_ms = now_ms, backups = backups, rules = rules, health = keys[3], opened_health = {}, traffic = {}}
  local events, named = {}, FIXED_KEYS
  for i = 5, #args, 2 do
    local is_read, event, last = pcall(read_event, keys, args[i], args[i + 1])
    if not is_read or not event then
      return redis.error_reply('BAD_ARG apply_events: event ' .. (i - 3) / 2 .. ' lacks a kind, a time or a key')
    end
    events[#events + 1], named = event, math.max(named, last)
  end
  if named < #keys then return redis.error_reply('BAD_ARG apply_events has keys that no event names') end
  local pool, reply = open_pool(keys, args[1]), {}
  for i, event in ipairs(events) do
    if event.slot ~= nil and not pool.line[event.slot] then
      return redis.error_reply('BAD_ARG apply_events: event ' .. i .. ' is of no line of the pool')
    end
  end
  turn_hour(pool, call, keys[7])
  for i, event in ipairs(events) do reply[i] = apply_one(call, pool, keys, event) end
  write_health(call)
  write_traffic(call, keys[4])
  close_pool(pool, keys)
  return cmsgpack.pack(reply)
end)
