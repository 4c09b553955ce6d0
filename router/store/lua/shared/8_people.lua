--[[ people: what a text does to the person it came from. ]]

local MAX_COUNTED = 65535

local function add(to, by) return math.min(MAX_COUNTED, to + by) end

-- The lines on a person's card after they moved: what is on it already stays, the old line if it can carry them.
local function backups_after_move(pool, r, old, wanted)
  local kept, known = {}, {[r.slot] = true}
  local function keep(slot)
    if #kept < wanted and not known[slot] and can_carry(pool.line[slot]) then
      known[slot] = true
      kept[#kept + 1] = slot
    end
  end
  for _, slot in ipairs(r.backups) do keep(slot) end
  keep(old)
  for _, slot in ipairs(choose_backups(pool, r.slot, wanted, {}, pool.line[r.slot].confirmed)) do keep(slot) end
  return kept
end

-- Someone who holds a place moves it to another line of the pool.
local function move_to(call, pool, r, slot)
  local old = r.slot
  call.has_moved, call.left, call.joined = true, old, slot
  count(pool, old, 0, -1, 0)
  count(pool, slot, 0, 1, 1)
  r.slot, r.tier = slot, pool.line[slot].tier
  r.backups = backups_after_move(pool, r, old, call.backups)
end

-- Their place is theirs from now on. Replies whether it was not before.
local function settle(call, pool, r, at_s)
  if is_settled(r) then return false end
  if r.state == RESERVED then note_traffic(call, r.slot, 'confirmed', 1) end
  count(pool, r.slot, r.state == RESERVED and -1 or 0, 1, 0)
  r.state, r.confirmed_s = CONFIRMED, at_s
  return true
end

-- Whoever is on the waitlist has the line they texted, though nobody gave it to them. `came` is 1 for an arrival of now.
local function seat(call, pool, r, slot, came)
  if r.slot ~= NO_SLOT then return end
  local line = pool.line[slot]
  r.slot, r.tier, r.backups = slot, line.tier, choose_backups(pool, slot, call.backups, {}, line.confirmed)
  count(pool, slot, 0, 0, came)
end

-- Replies whether they were invited off the waitlist, once.
local function take_up_invitation(r)
  local was_invited = has_flag(r, IS_INVITED)
  set_flag(r, IS_INVITED, false)
  return was_invited
end

-- Give up a record whose person is known by another one now.
local function release(pool, r)
  if r.state == RESERVED then count(pool, r.slot, -1, 0, 0) end
  if is_settled(r) then count(pool, r.slot, 0, -1, 0) end
  r.state = RELEASED
end
