--[[ records: a person's assignment, packed into 22 bytes, and where its person should text. ]]

local function unpack_record(packed)
  local r = {backups = {}}
  local b1, b2, b3
  r.state, r.tier, r.slot, b1, b2, b3, r.created_s, r.expires_s, r.confirmed_s = struct.unpack(RECORD, packed)
  for _, backup in ipairs({b1, b2, b3}) do
    if backup ~= NO_SLOT then r.backups[#r.backups + 1] = backup end
  end
  return r
end

local function pack_record(r)
  return struct.pack(RECORD, r.state, r.tier, r.slot, r.backups[1] or NO_SLOT, r.backups[2] or NO_SLOT,
    r.backups[3] or NO_SLOT, r.created_s, r.expires_s, r.confirmed_s)
end

-- The line a person should text now: their own, else their first backup that can carry them.
local function route(lines, r)
  if can_carry(lines[r.slot]) then return r.slot end
  for _, backup in ipairs(r.backups) do
    if can_carry(lines[backup]) then return backup end
  end
  return NO_SLOT
end

-- Where a person stands, as core.assignment.Assignment reads it.
local function standing(code, r, slot)
  return {code, r.state, slot == NO_SLOT and -1 or slot, r.slot, r.backups, r.tier, r.created_s, r.expires_s,
          r.confirmed_s}
end

-- What became of a request, as core.assignment.Signup reads it.
local function answer(word, reason, code, r, slot, is_new)
  return {word, reason, is_new, '', standing(code, r, slot)}
end
