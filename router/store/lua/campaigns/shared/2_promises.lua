--[[ promises: how many people prompts promised to each line, hour by hour for a day.

  A field of the `asked` hash is a slot: the hour of its last promise, and the promises of each hour of the day up to it
  (PROMISES). Whoever came, or never will, is taken out of the hour they were asked in, so what is left are people who
  may yet come: those of this hour use up the line's pace, those of the whole day its room. ]]

local function promises_format() return '>I4' .. string.rep('H', HOURS) end

-- `call.promises` keeps what was read, until write_promises. A clock set back by up to an hour goes on in the later one;
-- one set back further begins anew.
local function promises_of(call, asked, slot)
  local promises = call.promises[slot]
  if promises then return promises end
  local packed, hour = redis.call('HGET', asked, slot), math.floor(call.now_ms / HOUR_MS)
  promises = {hour = hour, all = 0, by_hour = {}}
  local kept = packed and {struct.unpack(promises_format(), packed)} or {0}
  local is_fresh = kept[1] > hour + 1
  promises.hour = is_fresh and hour or math.max(hour, kept[1])
  for i = 1, HOURS do
    local latest = promises.hour - math.fmod(promises.hour - (i - 1), HOURS)
    local people = not is_fresh and latest <= kept[1] and kept[1 + i] or 0
    promises.by_hour[i], promises.all = people, promises.all + people
  end
  call.promises[slot] = promises
  return promises
end

local function promised_in(promises, hour) return promises.by_hour[1 + math.fmod(hour, HOURS)] end

local function add_promises(call, promises, hour, people)
  local i = 1 + math.fmod(hour, HOURS)
  promises.by_hour[i], promises.all = promises.by_hour[i] + people, promises.all + people
  promises.is_changed = true
end

-- Ask somebody to text a line.
local function promise(call, asked, p, slot)
  local promises = promises_of(call, asked, slot)
  p.target, p.asked_s = slot, math.max(math.floor(call.now_ms / 1000), promises.hour * HOUR_MS / 1000)
  add_promises(call, promises, promises.hour, 1)
end

-- Nobody waits for them on the line they were asked to text: they are there, are elsewhere, or were never told.
local function release_promise(call, asked, p)
  if p.asked_s == 0 then return end
  local promises, hour = promises_of(call, asked, p.target), math.floor(p.asked_s * 1000 / HOUR_MS)
  local is_kept = hour <= promises.hour and hour > promises.hour - HOURS and promised_in(promises, hour) > 0
  if is_kept then add_promises(call, promises, hour, -1) end
  p.asked_s = 0
end

local function write_promises(call, asked)
  for slot, promises in pairs(call.promises) do
    if promises.is_changed then
      redis.call('HSET', asked, slot, struct.pack(promises_format(), promises.hour, unpack(promises.by_hour)))
    end
  end
end
