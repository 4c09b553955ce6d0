--[[ enqueue: put people of a line into the queue of its campaign, each once.
  keys  1 waiting zset   2 counts hash   3… a campaign:<id>:people:<prefix> hash a person
  args  1 now_ms   2… a person: code, seconds at which they last texted
  reply {'enqueued', people who were not in it}
  error BAD_ARG
  cost  O(people × log queue), at most 500 people ]]

register('enqueue', function(keys, args)
  local now_ms, people = tonumber(args[1]), (#args - 1) / 2
  if not now_ms or #keys ~= 2 + people then
    return redis.error_reply('BAD_ARG enqueue needs 2 keys and one a person, now_ms, and a code and a time a person')
  end
  local now_s, added = math.floor(now_ms / 1000), 0
  local new = pack_campaign_person({state = WAITING, skip = NO_SKIP, channel = 0, failed = 0, target = NO_SLOT, at_s = now_s, tries = 0})
  for i = 1, people do
    local code, heard_s = args[2 * i], tonumber(args[2 * i + 1])
    if redis.call('HSETNX', keys[2 + i], string.sub(code, 4), new) == 1 then
      redis.call('EXPIRE', keys[2 + i], CAMPAIGN_KEPT_S)
      redis.call('ZADD', keys[1], heard_s, code)
      added = added + 1
    end
  end
  if added > 0 then redis.call('HINCRBY', keys[2], WAITING, added) end
  return {'enqueued', added}
end)
