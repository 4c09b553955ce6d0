--[[ line_up: put people of the waitlist into the queue of the campaign that invites them, in the order they came, each once.
  keys  1-8 the campaign (see shared/)   9 waitlist zset   10 campaigns hash
        11… a campaign:<id>:people:<prefix> hash a person
  args  1 now_ms   2 campaign id   3… a code a person, the first of the waitlist in their order
  reply {'lined_up', people who were not in it} | {'closed', the same} (whoever is first now waits for the next campaign,
        since this one is done with them; and so do all behind them) | {'over', 0} (the campaign is)
  error BAD_ARG
  cost  O(people × log queue), at most 500 people ]]

local LAST_TICKET = 4294967295
local PEOPLE = CAMPAIGN_KEYS + 2
local IS_LIVE = {holding = true, running = true, paused = true}

-- A queue begins with its highest score; the waitlist with its lowest ticket. Replies whether they are new to the queue;
-- nil for whom the campaign is done with.
local function line_up_one(c, waitlist, people, code, now_s)
  local ticket = tonumber(redis.call('ZSCORE', waitlist, code) or nil)
  if not ticket then return false end
  local suffix, rank = string.sub(code, 4), LAST_TICKET - ticket
  local is_added = redis.call('HSETNX', people, suffix, pack_campaign_person(new_campaign_person(now_s, rank))) == 1
  local state = unpack_campaign_person(redis.call('HGET', people, suffix)).state
  if state ~= WAITING and state ~= SENDING then return nil end
  if is_added then
    redis.call('EXPIRE', people, CAMPAIGN_KEPT_S)
    redis.call('ZADD', c.waiting, rank, code)
  end
  redis.call('ZREM', waitlist, code)
  return is_added
end

register('line_up', function(keys, args)
  local now_ms, id, people = tonumber(args[1]), args[2], #args - 2
  if not now_ms or not id or #keys ~= PEOPLE + people then
    return redis.error_reply('BAD_ARG line_up needs 10 keys and one a person, now_ms, an id, and a code a person')
  end
  local kept = redis.call('HGET', keys[PEOPLE], id)
  local campaign = kept and cjson.decode(kept)
  if not campaign or not IS_LIVE[campaign.state] then return {'over', 0} end
  local c, added, word = campaign_at(keys, 1), 0, 'lined_up'
  for i = 1, people do
    local is_added = line_up_one(c, keys[CAMPAIGN_KEYS + 1], keys[PEOPLE + i], args[2 + i], math.floor(now_ms / 1000))
    if is_added == nil then
      word = 'closed'
      break
    end
    added = added + (is_added and 1 or 0)
  end
  if added > 0 then
    redis.call('HINCRBY', c.counts, WAITING, added)
    -- Whoever decided a moment ago that nobody is left must find out that somebody came.
    campaign.revision = campaign.revision + 1
    redis.call('HSET', keys[PEOPLE], id, cjson.encode(campaign))
  end
  return {word, added}
end)
