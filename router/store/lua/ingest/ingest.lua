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

local OCTETS = '>c16c8c8'

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
