--[[ requests: a person's request in a call of assign, what its idempotency key led to before, and who it is about.
  uses  formats ]]

local EMPTY = {} -- never written; most requests share it

-- Return the request and the places of its first and last key. A table made with all its fields never has to grow.
local function read_request(keys, packed)
  local home, prefix, suffixes, known, identity_count, has_key, pieces, excluded_count, wished, at =
    struct.unpack(REQUEST_FORMAT, packed)
  local has_contact, has_origin = math.fmod(pieces, 2), pieces >= 2
  local request = {records = keys[home], prefix = prefix, suffixes = suffixes, known = known, wished = wished,
                   identities = identity_count > 0 and {} or EMPTY, excluded = excluded_count > 0 and {} or EMPTY,
                   idempotency = false, origin = '', contacts = false, contact = false}
  local first, last = home, has_contact == 1 and home + 1 or home
  for i = 1, identity_count do
    local key, field
    key, field, at = struct.unpack(IDENTITY_FORMAT, packed, at)
    request.identities[i] = {key = keys[key], field = field}
    first, last = math.min(first, key), math.max(last, key)
  end
  if has_key == 1 then
    local key, field, digest
    key, field, digest, at = struct.unpack(IDEMPOTENCY_FORMAT, packed, at)
    request.idempotency = {today = keys[key], yesterday = keys[key + 1], field = field, digest = digest}
    first, last = math.min(first, key), math.max(last, key + 1)
  end
  for _ = 1, excluded_count do
    local slot
    slot, at = struct.unpack(EXCLUDED_FORMAT, packed, at)
    request.excluded[slot] = true
  end
  if has_origin then
    local length
    length, at = struct.unpack(ORIGIN_FORMAT, packed, at)
    if #packed < at + length - 1 then error('the origin is cut short') end
    request.origin, at = string.sub(packed, at, at + length - 1), at + length
  end
  if has_contact == 1 then
    request.contacts, request.contact = keys[home + 1], string.sub(packed, at)
  end
  return request, first, last
end

-- Store which assignment an idempotency key led to: its code, whether it was new, and a digest of the request.
local function remember(request, code, is_new)
  local key = request.idempotency
  if not key then return end
  redis.call('HSET', key.today, key.field, code .. (is_new and '1' or '0') .. key.digest)
  -- Only the first field of a hash sets its end: EXPIRE is written to disk, HLEN is not.
  if redis.call('HLEN', key.today) == 1 then redis.call('EXPIRE', key.today, 172800) end
end

-- What an idempotency key led to: a code, whether it was new, and whether the request was the same. nil if it is new.
local function recall(request)
  local key = request.idempotency
  if not key then return nil end
  local stored = redis.call('HGET', key.today, key.field) or redis.call('HGET', key.yesterday, key.field)
  if not stored then return nil end
  return string.sub(stored, 1, 6), string.sub(stored, 7, 7) == '1', string.sub(stored, 8) == key.digest
end

local function recognise(request)
  for _, identity in ipairs(request.identities) do
    local code = redis.call('HGET', identity.key, identity.field)
    if code then return code end
  end
  if request.known ~= NO_CODE then return request.known end
end

-- A known person gave another identity. Recognise them by it from now on, and store it, so that it is erased with the
-- others.
local function add_identities(request, code)
  local added = 0
  for _, identity in ipairs(request.identities) do
    added = added + redis.call('HSETNX', identity.key, identity.field, code)
  end
  if added > 0 and request.contact then
    local suffix = string.sub(code, 4)
    local contact = (redis.call('HGET', request.contacts, suffix) or '') .. request.contact
    redis.call('HSET', request.contacts, suffix, contact)
  end
end
