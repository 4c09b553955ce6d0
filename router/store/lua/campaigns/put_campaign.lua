--[[ put_campaign: open a campaign, or change one.
  keys  1 campaigns hash id → JSON
  args  1 id   2 JSON   3 revision the change was decided on (0 to open)
  reply {'put'} | {'exists'} | {'stale'} (someone changed it first) | {'unknown'}
  error BAD_ARG
  cost  O(1) ]]

register('put_campaign', function(keys, args)
  local revision = tonumber(args[3])
  if #keys ~= 1 or #args ~= 3 or not revision then
    return redis.error_reply('BAD_ARG put_campaign needs a key, an id, JSON and a revision')
  end
  local kept = redis.call('HGET', keys[1], args[1])
  if revision == 0 then
    if kept then return {'exists'} end
  elseif not kept then
    return {'unknown'}
  elseif cjson.decode(kept).revision ~= revision then
    return {'stale'}
  end
  redis.call('HSET', keys[1], args[1], args[2])
  return {'put'}
end)
