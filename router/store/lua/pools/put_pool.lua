--[[ put_pool: create a pool, or change its settings and photo.
  uses  formats
  keys  1 config string   2 version string   3 photo string
  args  1 settings, JSON   2 revision the change was decided on (0 to create)   3 photo_action, keep | remove | set
        4 jpeg, or ''
  reply {'put'} | {'exists'} | {'stale'} (someone changed it first) | {'unknown'}
  error BAD_ARG
  cost  O(1) ]]

local PHOTO_ACTIONS = {['keep'] = true, ['remove'] = true, ['set'] = true}

register('put_pool', function(keys, args)
  local json, revision, photo_action = args[1], tonumber(args[2]), args[3]
  if #keys ~= 3 or #args ~= 4 or not revision or not PHOTO_ACTIONS[photo_action] then
    return redis.error_reply('BAD_ARG put_pool needs 3 keys and 4 arguments')
  end
  local stored = redis.call('GET', keys[1])
  if revision == 0 then
    if stored then return {'exists'} end
  elseif not stored then
    return {'unknown'}
  elseif cjson.decode(stored).revision ~= revision then
    return {'stale'}
  end
  redis.call('SET', keys[1], json)
  redis.call('INCR', keys[2])
  if photo_action == 'set' then redis.call('SET', keys[3], args[4]) end
  if photo_action == 'remove' then redis.call('DEL', keys[3]) end
  return {'put'}
end)
