--[[ queues: where people are in the campaign that leads them off a line.
  uses  formats

  Eight keys make a campaign, always together and in this order:
    waiting, later, sending, paced by each channel in its turn   zsets of codes
    counts   hash state → people, and to:slot → people asked to text that line
    asked    hash of the pool: how many people each line was promised (see promises)
  A person who is still to be prompted is in one queue: in `waiting`, ordered by when they last texted; in `later`,
  until a time; or in their channel's own, once that channel turned out to have no room. There they do not hold up
  people whom another channel reaches. A person who is being sent to is in `sending`. A person who opened their page
  before any prompt stands in `later` too, until it is time to prompt them after all. Everybody else is in no queue. The
  counts are what a recount of the states would give.

  An `entry` is a person of a campaign as a call handles them: their `code`, the key `members` of the hash that holds
  them, and the unpacked `member`. `call.queues` names the keys above. ]]

local CAMPAIGN_KEYS = 8
local MEMBER = {WAITING = 0, SENDING = 1, SENT = 2, FAILED = 3, UNKNOWN = 4, OPENED = 5, MOVED = 6, SKIPPED = 7}
local SKIP = {NONE = 0, NO_CHANNEL = 1, OPTED_OUT = 2, COOLDOWN = 3, ERASED = 4, NEVER_TEXTED = 5}
local CAMPAIGN_KEPT_S, PROMPTS_KEPT_S = 90 * 86400, 31 * 86400

local function queues_at(keys, at)
  return {waiting = keys[at], later = keys[at + 1], sending = keys[at + 2],
          paced = {keys[at + 3], keys[at + 4], keys[at + 5]}, counts = keys[at + 6], asked = keys[at + 7]}
end

-- `channel` carried their prompt or is about to (1…), 0 for none yet. `failed` has a bit for each channel that never
-- will. `target` is the line they were asked to text, at `asked_s`; that is 0 once we no longer expect them there.
local function unpack_member(packed)
  local member = {}
  member.state, member.skip, member.channel, member.failed, member.target, member.at_s, member.tries, member.heard_s,
    member.asked_s = struct.unpack(MEMBER_FORMAT, packed)
  return member
end

local function pack_member(member)
  return struct.pack(MEMBER_FORMAT, member.state, member.skip, member.channel, member.failed, member.target,
    member.at_s, member.tries, member.heard_s, member.asked_s)
end

local function new_member(now_s, heard_s)
  return {state = MEMBER.WAITING, skip = SKIP.NONE, channel = 0, failed = 0, target = NO_SLOT, at_s = now_s, tries = 0,
          heard_s = heard_s, asked_s = 0}
end

-- Move a person from the queue they are in to another, or to none.
local function requeue(queues, entry, queue, score)
  local state, code = entry.member.state, entry.code
  if state == MEMBER.SENDING then
    redis.call('ZREM', queues.sending, code)
  elseif (state == MEMBER.WAITING or state == MEMBER.OPENED) and redis.call('ZREM', queues.waiting, code) == 0
      and redis.call('ZREM', queues.later, code) == 0 then
    for _, paced in ipairs(queues.paced) do redis.call('ZREM', paced, code) end
  end
  if queue then redis.call('ZADD', queue, score, code) end
end

-- Store a person in a state, and in the queue that goes with it.
local function put_member(call, entry, state, queue, score)
  local queues, member = call.queues, entry.member
  requeue(queues, entry, queue, score)
  if member.state ~= state then
    redis.call('HINCRBY', queues.counts, member.state, -1)
    redis.call('HINCRBY', queues.counts, state, 1)
    member.state, member.at_s = state, call.now_s
  end
  redis.call('HSET', entry.members, string.sub(entry.code, 4), pack_member(member))
end
