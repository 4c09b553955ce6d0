--[[ campaigns: where people stand in the campaign that leads them off a line.

  A person is in one of three queues (waiting, later, sending) or in none, and has a packed state of their own, with
  the channel that carried their prompt (1…) and a bit for each channel that never will. The
  counts of a campaign are what a recount of those states would give. ]]

local CAMPAIGN_PERSON = '>BBBBHI4B'
local WAITING, SENDING, SENT, FAILED, UNKNOWN, OPENED, MOVED, SKIPPED = 0, 1, 2, 3, 4, 5, 6, 7
local NO_SKIP, NO_CHANNEL, HAS_OPTED_OUT, IN_COOLDOWN, IS_ERASED, NEVER_TEXTED = 0, 1, 2, 3, 4, 5
local CAMPAIGN_KEPT_S, PROMPTS_KEPT_S = 90 * 86400, 31 * 86400

local function unpack_campaign_person(packed)
  local p = {}
  p.state, p.skip, p.channel, p.failed, p.target, p.at_s, p.tries = struct.unpack(CAMPAIGN_PERSON, packed)
  return p
end

local function pack_campaign_person(p)
  return struct.pack(CAMPAIGN_PERSON, p.state, p.skip, p.channel, p.failed, p.target, p.at_s, p.tries)
end

-- `c` names the keys of one campaign: waiting, later, sending, counts.
local function put_campaign_person(c, people, code, p, state, at_s)
  if p.state ~= state then
    redis.call('HINCRBY', c.counts, p.state, -1)
    redis.call('HINCRBY', c.counts, state, 1)
    p.state = state
  end
  p.at_s = at_s
  redis.call('HSET', people, string.sub(code, 4), pack_campaign_person(p))
end

local function take_out(c, code)
  redis.call('ZREM', c.waiting, code)
  redis.call('ZREM', c.later, code)
  redis.call('ZREM', c.sending, code)
end
