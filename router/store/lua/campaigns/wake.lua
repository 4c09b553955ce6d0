--[[ wake: put those whose time has come back into the queue of their campaign, where they stood.
  keys  1-8 the campaign (see shared/)   9… a campaign:<id>:people:<prefix> hash a person
  args  1 now_ms   2… a code a person, as they were read from `later`
  reply {'woken', people}
  error BAD_ARG
  cost  O(people × log queue), at most 500 people ]]

register('wake', function(keys, args)
  local now_ms, people = tonumber(args[1]), #args - 1
  if not now_ms or #keys ~= CAMPAIGN_KEYS + people then
    return redis.error_reply('BAD_ARG wake needs 8 keys and one a person, now_ms, and a code a person')
  end
  local c, woken = campaign_at(keys, 1), 0
  for i = 1, people do
    local code = args[1 + i]
    local at_ms, packed = redis.call('ZSCORE', c.later, code), redis.call('HGET', keys[CAMPAIGN_KEYS + i], string.sub(code, 4))
    if at_ms and packed and tonumber(at_ms) <= now_ms then
      local p = unpack_campaign_person(packed)
      requeue(c, p, code, c.waiting, p.heard_s)
      woken = woken + 1
    end
  end
  return {'woken', woken}
end)
