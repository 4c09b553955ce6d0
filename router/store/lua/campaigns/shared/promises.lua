--[[ promises: how many people our prompts promised to each line, hour by hour for a day.
  uses  formats, day_ring

  A field of the `asked` hash is a slot: the hour of its last promise, and the promises of each hour of the day up to it
  (PROMISES_FORMAT). A person who came, or who never will, is taken out of the hour they were asked in. So the rest are
  people who may still come. Those of this hour use up the line's pace, those of the whole day its room. ]]

-- `call.promises` holds what was read, until write_promises. If the clock was set back by up to an hour, count on in
-- the later hour; if it was set back further, begin again.
local function promises_of(call, slot)
  local promises = call.promises[slot]
  if promises then return promises end
  local packed, hour = redis.call('HGET', call.queues.asked, slot), math.floor(call.now_ms / HOUR_MS)
  promises = {hour = hour, all = 0, by_hour = {}}
  local stored = packed and {struct.unpack(PROMISES_FORMAT, packed)} or {0}
  local is_fresh = stored[1] > hour + 1
  promises.hour = is_fresh and hour or math.max(hour, stored[1])
  for i = 1, HOURS do
    local latest = promises.hour - math.fmod(promises.hour - (i - 1), HOURS)
    local people = not is_fresh and latest <= stored[1] and stored[1 + i] or 0
    promises.by_hour[i], promises.all = people, promises.all + people
  end
  call.promises[slot] = promises
  return promises
end

local function promised_in(promises, hour) return promises.by_hour[1 + math.fmod(hour, HOURS)] end

local function add_promises(promises, hour, people)
  local i = 1 + math.fmod(hour, HOURS)
  promises.by_hour[i], promises.all = promises.by_hour[i] + people, promises.all + people
  promises.is_changed = true
end

-- Ask a person to text a line, and promise them to it.
local function promise(call, member, slot)
  local promises = promises_of(call, slot)
  member.target = slot
  member.asked_s = math.max(math.floor(call.now_ms / 1000), promises.hour * HOUR_MS / 1000)
  add_promises(promises, promises.hour, 1)
end

-- We no longer expect a person on the line they were asked to text: they came, they went elsewhere, or no prompt
-- reached them.
local function release_promise(call, member)
  if member.asked_s == 0 then return end
  local promises, hour = promises_of(call, member.target), math.floor(member.asked_s * 1000 / HOUR_MS)
  local is_counted = hour <= promises.hour and hour > promises.hour - HOURS and promised_in(promises, hour) > 0
  if is_counted then add_promises(promises, hour, -1) end
  member.asked_s = 0
end

local function write_promises(call)
  for slot, promises in pairs(call.promises) do
    if promises.is_changed then
      redis.call('HSET', call.queues.asked, slot,
        struct.pack(PROMISES_FORMAT, promises.hour, unpack(promises.by_hour)))
    end
  end
end
