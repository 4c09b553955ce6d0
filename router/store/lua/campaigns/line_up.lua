--[[ line_up: put people of the waitlist into the queue of the campaign that invites them, in the order they came, each
  once.
  uses  formats, queues
  keys  1 waiting   2 later   3 sending   4 paced_app   5 paced_email   6 paced_sms   7 counts   8 asked
        9 waitlist zset   10 campaigns hash
        each   people hash of the prefix
  args  1 now_ms   2 campaign, its id
        each of 0 to 200   code
        where the codes are the first of the waitlist, in their order
  reply {'lined_up', people who were not in it} | {'closed', the same} (this campaign is done with the person who is
        first now; they and all behind them wait for the next one) | {'over', 0} (the campaign has ended)
  error BAD_ARG
  cost  O(people × log queue), at most 200 people ]]

local LAST_TICKET = 4294967295
local PEOPLE = CAMPAIGN_KEYS + 2
local IS_LIVE = {holding = true, running = true, paused = true}

-- A queue begins with its highest score, the waitlist with its lowest ticket. Returns whether the person is new to the
-- queue, or nil if the campaign is done with them.
local function line_up_one(queues, waitlist, members, code, now_s)
  local ticket = tonumber(redis.call('ZSCORE', waitlist, code) or nil)
  if not ticket then return false end
  local suffix, rank = string.sub(code, 4), LAST_TICKET - ticket
  local is_added = redis.call('HSETNX', members, suffix, pack_member(new_member(now_s, rank))) == 1
  local state = unpack_member(redis.call('HGET', members, suffix)).state
  if state ~= MEMBER.WAITING and state ~= MEMBER.SENDING then return nil end
  if is_added then
    redis.call('EXPIRE', members, CAMPAIGN_KEPT_S)
    redis.call('ZADD', queues.waiting, rank, code)
  end
  redis.call('ZREM', waitlist, code)
  return is_added
end

register('line_up', function(keys, args)
  local now_ms, id, people = tonumber(args[1]), args[2], #args - 2
  if not now_ms or not id or #keys ~= PEOPLE + people or not are_codes(args, 3, 1) then
    return redis.error_reply('BAD_ARG line_up needs 10 keys and one a person, now_ms, an id, and a code a person')
  end
  local stored = redis.call('HGET', keys[PEOPLE], id)
  local campaign = stored and cjson.decode(stored)
  if not campaign or not IS_LIVE[campaign.state] then return {'over', 0} end
  local queues, added, word, now_s = queues_at(keys, 1), 0, 'lined_up', math.floor(now_ms / 1000)
  for i = 1, people do
    local is_added = line_up_one(queues, keys[CAMPAIGN_KEYS + 1], keys[PEOPLE + i], args[2 + i], now_s)
    if is_added == nil then
      word = 'closed'
      break
    end
    added = added + (is_added and 1 or 0)
  end
  if added > 0 then
    redis.call('HINCRBY', queues.counts, MEMBER.WAITING, added)
    -- A worker that found nobody left a moment ago must see that people have joined since.
    campaign.revision = campaign.revision + 1
    redis.call('HSET', keys[PEOPLE], id, cjson.encode(campaign))
  end
  return {word, added}
end)
