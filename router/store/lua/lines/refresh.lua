--[[ refresh: apply the passing of time to a pool: set new limits as lines warm up, forget arrivals older than 24 h, end
  suspicions.
  uses  formats, pool, placement, records, health, day_ring
  keys  1 lines hash   2 rotation string   3 line hash slot → JSON   4 health hash   5 arrivals hash slot → ring
        6 traffic hash of the day
  args  1 writer   2 now_ms   3 suspicion_ms, after which a suspicion that nothing feeds ends
        4 silent_since_ms, since when the provider has said nothing, or ''
        each of 0 to 1000   slot   revision   weight in effect   capacity   target   new_per_day, or ''
             conversion_permille   started_per_day, or ''   is_warming, 1 or 0
  reply {'refreshed', lines changed}
  error BAD_ARG
  cost  O(changed lines); once an hour, and while the provider is silent, O(lines), at most 1000 ]]

local function end_suspicions(pool, call, quiet_ms)
  for slot, line in pairs(pool.line) do
    if line.suspected == 1 then
      local health = health_of(call, slot)
      if call.now_ms - health.failed_ms >= quiet_ms then unbench_line(call, pool, slot, health, nil) end
    end
  end
end

local function mark_unverified(pool, call, silent_since_ms)
  for slot, line in pairs(pool.line) do
    local health = health_of(call, slot)
    local is_silent = health.unverified_ms == 0 and health.heard_ms < silent_since_ms
    if line.operator_state ~= OPERATOR_RETIRED and is_silent then health.unverified_ms = call.now_ms end
  end
end

local function read_changes(args)
  local changes = {}
  for i = 5, #args, 9 do
    local change = {}
    for j = 0, 8 do
      local text = args[i + j]
      change[j + 1] = (j == 5 or j == 7) and text == '' and NO_LIMIT or tonumber(text)
      if not change[j + 1] then return nil end
    end
    changes[#changes + 1] = change
  end
  return changes
end

register('refresh', function(keys, args)
  local now_ms, quiet_ms = tonumber(args[2]), tonumber(args[3])
  local changes = #args >= 4 and math.fmod(#args - 4, 9) == 0 and read_changes(args)
  local is_told = now_ms and quiet_ms and (args[4] == '' or tonumber(args[4]))
  if not is_told or not is_writer(args[1]) or #keys ~= 6 or not changes then
    return redis.error_reply('BAD_ARG refresh needs 6 keys, a writer, two times, a third or none, and nine numbers a line')
  end
  local call = {now_ms = now_ms, health = keys[4], opened_health = {}, traffic = {}}
  local pool, changed = open_pool(keys, args[1]), 0
  turn_hour(pool, call, keys[5])
  if pool.gates[GATE_SUSPECTED] > 0 then end_suspicions(pool, call, quiet_ms) end
  if args[4] ~= '' then mark_unverified(pool, call, tonumber(args[4])) end
  for _, change in ipairs(changes) do
    local slot = change[1]
    local line, stored = pool.line[slot], redis.call('HGET', keys[3], slot_field(slot))
    local is_current = line and stored and cjson.decode(stored).revision == change[2]
    -- A line that came back since then warms up with limits of its own; these were computed before.
    if is_current and health_of(call, slot).recovered_ms <= now_ms then
      withdraw(pool, slot, line)
      set_limits(line, unpack(change, 3, 9))
      enter(pool, slot, line, line.gate)
      changed = changed + 1
    end
  end
  write_health(call)
  write_traffic(call, keys[6])
  close_pool(pool, keys)
  return {'refreshed', changed}
end)
