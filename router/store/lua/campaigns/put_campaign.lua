--[[ put_campaign: open a campaign, or change one.
  uses  formats
  keys  1 campaigns hash id → JSON   2 news stream
  args  1 campaign, its id   2 settings, JSON   3 revision the change was decided on (0 to open)
  reply {'put'} | {'exists'} | {'stale'} (someone changed it first) | {'unknown'}
  error BAD_ARG
  cost  O(1) ]]

register('put_campaign', function(keys, args)
  local revision = tonumber(args[3])
  if #keys ~= 2 or #args ~= 3 or not revision then
    return redis.error_reply('BAD_ARG put_campaign needs 2 keys, an id, JSON and a revision')
  end
  local is_read, campaign = pcall(cjson.decode, args[2])
  if not is_read or not campaign.state then
    return redis.error_reply('BAD_ARG put_campaign: the settings are no campaign')
  end
  local stored = redis.call('HGET', keys[1], args[1])
  if revision == 0 then
    if stored then return {'exists'} end
  elseif not stored then
    return {'unknown'}
  elseif cjson.decode(stored).revision ~= revision then
    return {'stale'}
  end
  local word = not stored and 'opened' or campaign.state
  if not stored or cjson.decode(stored).state ~= campaign.state then
    redis.call('XADD', keys[2], 'MAXLEN', '~', NEWS_KEPT, '*', 'kind', 'campaign', 'word', word, 'campaign', args[1],
      'from', campaign.slot or -1, 'cause', campaign.cause or '', 'why', campaign.why or '')
  end
  redis.call('HSET', keys[1], args[1], args[2])
  return {'put'}
end)
