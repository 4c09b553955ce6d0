--[[ refresh: let time pass over a pool: new limits as lines warm up, arrivals older than 24 h forgotten, doubts ended.
  keys  1-2 the pool   3 line hash slot → JSON   4 health hash   5 arrivals hash slot → HOURS   6 traffic:<day> hash
  args  1 writer   2 now_ms   3 ms after which a suspicion that nothing feeds ends   4 ms since which nothing was heard
        from the provider, or ''
        then a changed line: slot, revision, effective weight, capacity, target, allowance or '', conversion,
        allowance of conversations started or '', 1 if warming
  reply {'refreshed', lines changed}
  error BAD_ARG
  cost  O(changed lines); once an hour, and while the provider is silent, O(lines), at most 1000 ]]

local function end_suspicions(pool, call, quiet_ms)
  for slot, line in pairs(pool.line) do
    if line.suspected == 1 then
      local h = health_of(call, slot)
      if call.now_ms - h.failed_ms >= quiet_ms then unsuspect(call, pool, slot, h, nil) end
    end
  end
end

local function mark_unverified(pool, call, silent_since_ms)
  for slot, line in pairs(pool.line) do
    local h = health_of(call, slot)
    if line.op ~= RETIRED and h.unverified_ms == 0 and h.heard_ms < silent_since_ms then h.unverified_ms = call.now_ms end
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
  if not now_ms or not quiet_ms or #keys ~= 6 or not changes then
    return redis.error_reply('BAD_ARG refresh needs 6 keys, a writer, two times, a third or none, and nine numbers a line')
  end
  local call = {now_ms = now_ms, health = keys[4], opened_health = {}, traffic = {}}
  local pool, changed = open_pool(keys, args[1]), 0
  turn_hour(pool, call, keys[5])
  if pool.gates[IS_SUSPECTED] > 0 then end_suspicions(pool, call, quiet_ms) end
  if args[4] ~= '' then mark_unverified(pool, call, tonumber(args[4])) end
  for _, change in ipairs(changes) do
    local slot = change[1]
    local line, kept = pool.line[slot], redis.call('HGET', keys[3], member(slot))
    local is_meant = line and kept and cjson.decode(kept).revision == change[2]
    -- A line that came back since is warming up by limits of its own, which these know nothing of.
    if is_meant and health_of(call, slot).recovered_ms <= now_ms then
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
