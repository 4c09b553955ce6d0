--[[ enqueue: put people of a line into the queue of its campaign, each once.
  uses  formats, queues
  keys  1 waiting   2 later   3 sending   4 paced_app   5 paced_email   6 paced_sms   7 counts   8 asked
        each   people hash of the prefix
  args  1 now_ms
        each of 0 to 200   code   heard_s, seconds at which they last texted
  reply {'enqueued', people who were not in it}
  error BAD_ARG
  cost  O(people × log queue), at most 200 people ]]

register('enqueue', function(keys, args)
  local now_ms, people = tonumber(args[1]), (#args - 1) / 2
  if not now_ms or #keys ~= CAMPAIGN_KEYS + people then
    return redis.error_reply('BAD_ARG enqueue needs 8 keys and one a person, now_ms, and a code and a time a person')
  end
  for i = 1, people do
    if #args[2 * i] ~= 6 or not tonumber(args[2 * i + 1]) then
      return redis.error_reply('BAD_ARG enqueue: person ' .. i .. ' has no code or no time')
    end
  end
  local queues, now_s, added = queues_at(keys, 1), math.floor(now_ms / 1000), 0
  for i = 1, people do
    local code, heard_s, key = args[2 * i], tonumber(args[2 * i + 1]), keys[CAMPAIGN_KEYS + i]
    local new = pack_member(new_member(now_s, heard_s))
    if redis.call('HSETNX', key, string.sub(code, 4), new) == 1 then
      redis.call('EXPIRE', key, CAMPAIGN_KEPT_S)
      redis.call('ZADD', queues.waiting, heard_s, code)
      added = added + 1
    end
  end
  if added > 0 then redis.call('HINCRBY', queues.counts, MEMBER.WAITING, added) end
  return {'enqueued', added}
end)
