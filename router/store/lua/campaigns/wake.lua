--[[ wake: put people whose time has come back into the queue of their campaign, at the place they had. Whoever opened
  their page and has not texted since waits for a prompt again.
  uses  formats, queues
  keys  1 waiting   2 later   3 sending   4 paced_app   5 paced_email   6 paced_sms   7 counts   8 asked
        each   people hash of the prefix
  args  1 now_ms
        each of 0 to 200   code
        where the codes are as they were read from `later`
  reply {'woken', people}
  error BAD_ARG
  cost  O(people × log queue), at most 200 people ]]

register('wake', function(keys, args)
  local now_ms, people = tonumber(args[1]), #args - 1
  if not now_ms or #keys ~= CAMPAIGN_KEYS + people or not are_codes(args, 2, 1) then
    return redis.error_reply('BAD_ARG wake needs 8 keys and one a person, now_ms, and a code a person')
  end
  local call, woken = {now_s = math.floor(now_ms / 1000), queues = queues_at(keys, 1)}, 0
  for i = 1, people do
    local code = args[1 + i]
    local at_ms = redis.call('ZSCORE', call.queues.later, code)
    local packed = redis.call('HGET', keys[CAMPAIGN_KEYS + i], string.sub(code, 4))
    if at_ms and packed and tonumber(at_ms) <= now_ms then
      local member = unpack_member(packed)
      local entry = {code = code, members = keys[CAMPAIGN_KEYS + i], member = member}
      put_member(call, entry, MEMBER.WAITING, call.queues.waiting, member.heard_s)
      woken = woken + 1
    end
  end
  return {'woken', woken}
end)
