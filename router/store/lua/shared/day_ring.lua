--[[ day_ring: what happened on each line in the last 24 hours, by whole hours.
  uses  formats, placement, records

  The current hour is counted in the packed line. When it ends, its counts go into the line's ring of 24 hours. Every
  call that counts arrivals turns the hour first, so a pool that was not used for days is right again at once. ]]

local HOURS = 24
local HOUR_BYTES = 8
local EMPTY_HOUR = '\0\0\0\0\0\0\0\0'

-- Each hour of the day (counted since 1970) has two counts: people who came, and conversations the line began.
local function set_hour(ring, hour, packed)
  local at = math.fmod(hour, HOURS) * HOUR_BYTES
  return string.sub(ring, 1, at) .. packed .. string.sub(ring, at + HOUR_BYTES + 1)
end

local function sum_ring(ring)
  local came, began = 0, 0
  for at = 1, HOURS * HOUR_BYTES, HOUR_BYTES do
    local new, started = struct.unpack(ARRIVALS_FORMAT, ring, at)
    came, began = came + new, began + started
  end
  return came, began
end

local function turn_line(line, ring, ended, hour)
  ring = ring or string.rep(EMPTY_HOUR, HOURS)
  ring = set_hour(ring, ended, struct.pack(ARRIVALS_FORMAT, line.new_hour, line.started_hour))
  for empty = math.max(ended + 1, hour - HOURS + 1), hour do ring = set_hour(ring, empty, EMPTY_HOUR) end
  line.new_hour, line.started_hour = 0, 0
  line.new_24h, line.started_24h = sum_ring(ring)
  return ring
end

-- End the hour that is over, on every line. `arrivals` is the hash of the rings. O(lines) once an hour, at most 1000.
local function turn_hour(pool, call, arrivals)
  local hour = math.floor(call.now_ms / HOUR_MS)
  -- A call made before the hour ended may arrive after it. If the clock was set back further, count from where it is.
  if pool.hour == hour or pool.hour == hour + 1 or not next(pool.line) then return end
  local ended = pool.hour > 0 and pool.hour < hour and pool.hour or hour - 1
  local passed = math.min(hour - ended, HOURS)
  for slot, line in pairs(pool.line) do
    local field = slot_field(slot)
    if line.new_hour > 0 then count_traffic(call, slot, 'new', line.new_hour) end
    if line.confirmed > 0 then count_traffic(call, slot, 'person_hours', line.confirmed * passed) end
    redis.call('HSET', arrivals, field, turn_line(line, redis.call('HGET', arrivals, field), ended, hour))
    reposition(pool, slot, line)
  end
  pool.hour, pool.must_save = hour, true
end
