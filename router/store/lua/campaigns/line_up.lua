--[[ line_up: put people of the waitlist into the queue of the campaign that invites them, in the order they came, each once.
  keys  1-8 the campaign (see shared/)   9 waitlist zset   10… a campaign:<id>:people:<prefix> hash a person
  args  1 now_ms   2… a code a person, as they were read from the waitlist
  reply {'lined_up', people who were not in it}
  error BAD_ARG
  cost  O(people × log queue), at most 500 people ]]

local LAST_TICKET = 4294967295
local PEOPLE = CAMPAIGN_KEYS + 1

-- A queue begins with its highest score; the waitlist with its lowest ticket.
local function line_up_one(c, waitlist, people, code, now_s)
  local ticket = tonumber(redis.call('ZSCORE', waitlist, code) or nil)
  if not ticket then return 0 end
  local suffix, rank = string.sub(code, 4), LAST_TICKET - ticket
  local is_added = redis.call('HSETNX', people, suffix, pack_campaign_person(new_campaign_person(now_s, rank))) == 1
  if is_added then
    redis.call('EXPIRE', people, CAMPAIGN_KEPT_S)
    redis.call('ZADD', c.waiting, rank, code)
  end
  -- Whoever this campaign is done with waits for the next one.
  local state = unpack_campaign_person(redis.call('HGET', people, suffix)).state
  if state == WAITING or state == SENDING then redis.call('ZREM', waitlist, code) end
  return is_added and 1 or 0
end

register('line_up', function(keys, args)
  local now_ms, people = tonumber(args[1]), #args - 1
  if not now_ms or #keys ~= PEOPLE + people then
    return redis.error_reply('BAD_ARG line_up needs 9 keys and one a person, now_ms, and a code a person')
  end
  local c, added = campaign_at(keys, 1), 0
  for i = 1, people do
    added = added + line_up_one(c, keys[PEOPLE], keys[PEOPLE + i], args[1 + i], math.floor(now_ms / 1000))
  end
  if added > 0 then redis.call('HINCRBY', c.counts, WAITING, added) end
  return {'lined_up', added}
end)
