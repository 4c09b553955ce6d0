--[[ conversations: which person an event is about, by their handle or their conversation, and who began it.
  uses  formats, placement, records ]]

local THEY_BEGAN, WE_BEGAN = 1, 2

-- Records are read and written here only: an event names the keys that may hold them.
local function read_record(keys, code, index)
  local packed = code and index and redis.call('HGET', keys[index], string.sub(code, 4))
  return packed and unpack_record(packed)
end

local function write_record(keys, code, index, record)
  redis.call('HSET', keys[index], string.sub(code, 4), pack_record(record))
end

local function read_conversation(keys, event)
  local packed = event.chat and redis.call('HGET', keys[event.chat], event.chat_field)
  if not packed then return {code = NO_CODE, slot = event.slot or NO_SLOT, written_s = 0, first_s = 0, began = 0} end
  local conversation = {}
  conversation.code, conversation.slot, conversation.written_s, conversation.first_s, conversation.began =
    struct.unpack(CONVERSATION_FORMAT, packed)
  return conversation
end

local function write_conversation(keys, event, conversation)
  if event.chat then
    redis.call('HSET', keys[event.chat], event.chat_field,
      struct.pack(CONVERSATION_FORMAT, conversation.code, conversation.slot, conversation.written_s,
        conversation.first_s, conversation.began))
  end
end

-- Record that `side` wrote at `at_s`. The side that wrote first began the conversation, even if that message is
-- reported last; in the same second it was the person. Returns the change in how many conversations the line began.
local function set_beginning(conversation, side, at_s)
  local before, first_s = conversation.began, conversation.first_s
  if before ~= 0 and (at_s > first_s or (at_s == first_s and side == WE_BEGAN)) then return 0 end
  conversation.began, conversation.first_s = side, at_s
  return (side == WE_BEGAN and 1 or 0) - (before == WE_BEGAN and 1 or 0)
end

local function count_started(call, pool, slot, times)
  local line = pool.line[slot]
  if times == 0 or line.started_hour + times < 0 then return end -- one of an earlier hour is in the ring already
  line.started_24h, line.started_hour = line.started_24h + times, line.started_hour + times
  reposition(pool, slot, line)
  count_traffic(call, slot, 'started', times)
end

-- An earlier release may have stored a person under another spelling of their handle.
local function find_by_handle(keys, event)
  local code = event.handle and redis.call('HGET', keys[event.handle], event.handle_field)
  for i, place in ipairs(not code and event.others or {}) do
    code = code or redis.call('HGET', keys[place], event.other_fields[i])
  end
  return code
end

-- Find the person by their handle, else by the conversation. If the call did not name the key of their record, the
-- person is nil and the second result is their code.
local function find_person(keys, event, conversation)
  local code = find_by_handle(keys, event)
  if not code and conversation.code ~= NO_CODE then code = conversation.code end
  if not code then return nil end
  if code ~= event.known then return nil, code end
  local record = read_record(keys, code, event.known_key)
  return record and record.state ~= STATE_RELEASED and {code = code, key = event.known_key, record = record} or nil
end
