--[[ renewal: give a person other backups, if some of theirs are no longer ours or if no line can carry them; the twin of
  core/picking/renewal.py.
  uses  formats, placement, records ]]

local renew_backups
do
  -- A number made from a code. It decides which lines a person gets, so that the people of a dead line spread over all
  -- others.
  local function turn_of(code)
    local turn = 0
    for i = 1, #code do turn = turn * 31 + string.byte(code, i) end
    return turn
  end

  -- A line at risk that still has room, for a person whom no better line can carry; O(lines).
  local function choose_at_risk(pool, excluded, turn)
    local slots = {}
    for slot, line in pairs(pool.line) do
      if line.tier == 2 and not excluded[slot] then slots[#slots + 1] = slot end
    end
    table.sort(slots)
    return {slots[1 + turn % math.max(1, #slots)]}
  end

  -- The first backup of a moving person is the line they were asked to text. Return whether it is gone and they need
  -- another; they need none if their own line is in full use again.
  local function has_lost_target(pool, record, kept)
    if record.state ~= STATE_MOVING or kept[1] == record.backups[1] then return false end
    local own = pool.line[record.slot]
    local is_in_use = own and own.operator_state == OPERATOR_READY and own.status == STATUS_ACTIVE
    if is_in_use then record.state = STATE_CONFIRMED end
    return not is_in_use
  end

  -- Change a record so that its backups are ours, and that a line can carry the person, as far as lines have room.
  -- `wanted` is how many backups the pool gives. Returns whether the record changed; that of a person on the waitlist
  -- does not.
  function renew_backups(pool, code, record, wanted)
    if not pool.line[record.slot] then return false end
    local kept, excluded, had = {}, {}, #record.backups
    for _, slot in ipairs(record.backups) do
      if is_ours(pool.line[slot]) then kept[#kept + 1] = slot end
    end
    local is_stranded = live_slot_of(pool.line, record) == NO_SLOT
    if #kept == had and not is_stranded then return false end
    for slot in pairs(excluded_by(record)) do excluded[slot] = true end
    for _, slot in ipairs(kept) do excluded[slot] = true end
    local leads, most = has_lost_target(pool, record, kept) or is_stranded, math.max(wanted, had, 1)
    local missing = math.min(3, math.max(most - #kept, leads and 1 or 0))
    local fresh = choose_backups(pool, record.slot, missing, excluded, turn_of(code))
    if leads and #fresh == 0 then fresh = choose_at_risk(pool, excluded, turn_of(code)) end
    if #kept == had and #fresh == 0 then return false end
    record.backups = leads and fresh or kept
    for _, slot in ipairs(leads and kept or fresh) do
      if #record.backups < most then record.backups[#record.backups + 1] = slot end
    end
    return true
  end
end
