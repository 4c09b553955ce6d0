--[[ people: what a text changes in the record of the person who sent it.
  uses  formats, placement, records ]]

-- Counts in a record have 16 bits.
local MAX_COUNTED = 65535

local function add_capped(to, by) return math.min(MAX_COUNTED, to + by) end

-- The backups on a person's card after they moved. The lines that are on it stay, and the old line joins them, where
-- they can carry the person. New ones fill the rest.
local function backups_after_move(pool, record, old, wanted)
  local backups, known = {}, {[record.slot] = true}
  local function add_backup(slot)
    if #backups < wanted and not known[slot] and can_carry(pool.line[slot]) then
      known[slot] = true
      backups[#backups + 1] = slot
    end
  end
  for _, slot in ipairs(record.backups) do add_backup(slot) end
  add_backup(old)
  local chosen = choose_backups(pool, record.slot, wanted, excluded_by(record), pool.line[record.slot].confirmed)
  for _, slot in ipairs(chosen) do add_backup(slot) end
  return backups
end

-- Move a person who counts as confirmed to another line of the pool.
local function move_to(call, pool, record, slot)
  local old = record.slot
  call.has_moved, call.left, call.joined = true, old, slot
  count_people(pool, old, 0, -1, 0)
  count_people(pool, slot, 0, 1, 1)
  record.slot, record.tier = slot, pool.line[slot].tier
  record.backups = backups_after_move(pool, record, old, call.backups)
end

-- Make a person's place definite. Returns false if it was already.
local function confirm_place(call, pool, record, at_s)
  if counts_as_confirmed(record) then return false end
  if record.state == STATE_RESERVED then count_traffic(call, record.slot, 'confirmed', 1) end
  count_people(pool, record.slot, record.state == STATE_RESERVED and -1 or 0, 1, 0)
  record.state, record.confirmed_s = STATE_CONFIRMED, at_s
  return true
end

-- A person on the waitlist who texts a line has that line from then on. `came` is 1 if they arrive now, else 0.
local function give_texted_line(call, pool, record, slot, came)
  if record.slot ~= NO_SLOT then return end
  local line = pool.line[slot]
  record.slot, record.tier = slot, line.tier
  record.backups = choose_backups(pool, slot, call.backups, excluded_by(record), line.confirmed)
  count_people(pool, slot, 0, 0, came)
end

-- Return whether the person was invited off the waitlist, once.
local function accept_invitation(record)
  local was_invited = has_flag(record, FLAG_INVITED)
  set_flag(record, FLAG_INVITED, false)
  return was_invited
end

-- Release a record that was merged into another.
local function release_record(pool, record)
  if record.state == STATE_RESERVED then count_people(pool, record.slot, -1, 0, 0) end
  if counts_as_confirmed(record) then count_people(pool, record.slot, 0, -1, 0) end
  record.state = STATE_RELEASED
end
