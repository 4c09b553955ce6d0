--[[ campaigns: where people stand in the campaign that leads them off a line.

  Eight keys make a campaign, always together and in this order:
    waiting, later, sending, paced by each channel in its turn   zsets of codes
    counts   hash state → people, and to:slot → people asked to text that line
    asked    hash of the pool: how many people each line was promised (see promises)
  Whoever is to be prompted is in one queue: in `waiting` by when they last texted; in `later` until a time; or, once
  their channel turned out to have no room, in that channel's own, so that they hold up nobody whom another reaches.
  Whoever is being sent to is in `sending`, everybody else in none. The counts are what a recount of states gives. ]]

local CAMPAIGN_KEYS = 8
local CAMPAIGN_PERSON = '>BBBBHI4BI4I4'
local WAITING, SENDING, SENT, FAILED, UNKNOWN, OPENED, MOVED, SKIPPED = 0, 1, 2, 3, 4, 5, 6, 7
local NO_SKIP, NO_CHANNEL, HAS_OPTED_OUT, IN_COOLDOWN, IS_ERASED, NEVER_TEXTED = 0, 1, 2, 3, 4, 5
local CAMPAIGN_KEPT_S, PROMPTS_KEPT_S = 90 * 86400, 31 * 86400

local function campaign_at(keys, at)
  return {waiting = keys[at], later = keys[at + 1], sending = keys[at + 2],
          paced = {keys[at + 3], keys[at + 4], keys[at + 5]}, counts = keys[at + 6], asked = keys[at + 7]}
end

-- A person: `channel` carried their prompt or is to (1…), 0 for none yet; `failed` has a bit for each channel that never
-- will; `target` is the line they were asked to text, at `asked_s`, 0 once nobody waits for them there any more.
local function unpack_campaign_person(packed)
  local p = {}
  p.state, p.skip, p.channel, p.failed, p.target, p.at_s, p.tries, p.heard_s, p.asked_s =
    struct.unpack(CAMPAIGN_PERSON, packed)
  return p
end

local function pack_campaign_person(p)
  return struct.pack(CAMPAIGN_PERSON, p.state, p.skip, p.channel, p.failed, p.target, p.at_s, p.tries, p.heard_s,
    p.asked_s)
end

local function new_campaign_person(now_s, heard_s)
  return {state = WAITING, skip = NO_SKIP, channel = 0, failed = 0, target = NO_SLOT, at_s = now_s, tries = 0,
          heard_s = heard_s, asked_s = 0}
end

-- Move somebody from the queue they are in to another, or to none.
local function requeue(c, p, code, queue, score)
  if p.state == SENDING then
    redis.call('ZREM', c.sending, code)
  elseif p.state == WAITING and redis.call('ZREM', c.waiting, code) == 0 and redis.call('ZREM', c.later, code) == 0 then
    for _, paced in ipairs(c.paced) do redis.call('ZREM', paced, code) end
  end
  if queue then redis.call('ZADD', queue, score, code) end
end

-- Put somebody into a state, and into the queue that goes with it.
local function put_campaign_person(c, people, code, p, state, now_s, queue, score)
  requeue(c, p, code, queue, score)
  if p.state ~= state then
    redis.call('HINCRBY', c.counts, p.state, -1)
    redis.call('HINCRBY', c.counts, state, 1)
    p.state, p.at_s = state, now_s
  end
  redis.call('HSET', people, string.sub(code, 4), pack_campaign_person(p))
end
