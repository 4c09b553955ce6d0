--[[ refresh: let time pass over a pool: new limits as lines warm up, and arrivals older than 24 h forgotten.
  keys  1-2 the pool   3 line hash slot → JSON   4… new:<hour> of the last 24 hours
  args  1 writer   2 hour (since 1970) the pool is brought to
        then a changed line: slot, revision, effective weight, capacity, target, allowance or '', 1 if warming
  reply {'refreshed', lines changed}
  error BAD_ARG
  cost  O(changed lines); once an hour O(lines × 24), at most 1000 × 24 ]]

-- Arrivals are recounted from the hours that still count, so a worker that slept for days mends them too.
local function recount_arrivals(pool, keys)
  local arrivals = {}
  for i = 4, #keys do
    local kept = redis.call('HGETALL', keys[i])
    for j = 1, #kept, 2 do arrivals[kept[j]] = (arrivals[kept[j]] or 0) + tonumber(kept[j + 1]) end
  end
  for slot, line in pairs(pool.line) do
    local change = (arrivals[member(slot)] or 0) - line.new_24h
    if change ~= 0 then count(pool, slot, 0, 0, change) end
  end
end

register('refresh', function(keys, args)
  local hour = tonumber(args[2])
  if not hour or #keys ~= 27 or math.fmod(#args - 2, 7) ~= 0 then
    return redis.error_reply('BAD_ARG refresh needs 27 keys, a writer, the hour, and seven arguments a line')
  end
  local pool, changed = open_pool(keys, args[1]), 0
  if pool.hour ~= hour then
    recount_arrivals(pool, keys)
    pool.hour, pool.must_save = hour, true
  end
  for i = 3, #args, 7 do
    local slot = tonumber(args[i])
    local line, kept = pool.line[slot], redis.call('HGET', keys[3], member(slot))
    if line and kept and cjson.decode(kept).revision == tonumber(args[i + 1]) then
      withdraw(pool, slot, line)
      weigh(line, tonumber(args[i + 2]))
      line.capacity, line.target = tonumber(args[i + 3]), tonumber(args[i + 4])
      line.allowance = args[i + 5] == '' and NO_LIMIT or tonumber(args[i + 5])
      line.warming = tonumber(args[i + 6])
      enter(pool, slot, line, line.gate)
      changed = changed + 1
    end
  end
  close_pool(pool, keys)
  return {'refreshed', changed}
end)
