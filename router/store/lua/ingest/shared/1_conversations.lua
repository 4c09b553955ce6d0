--[[ conversations: who a person is, by their handle or by the conversation they are in, and who began it. ]]

local CHAT = '>c6HI4I4B'
local NOBODY = '      '
local THEY_BEGAN, WE_BEGAN = 1, 2

-- Records, read and written through one place: an event names the keys that may hold them.
local function fetch(keys, code, index)
  local packed = code and index and redis.call('HGET', keys[index], string.sub(code, 4))
  return packed and unpack_record(packed)
end

local function keep(keys, code, index, r) redis.call('HSET', keys[index], string.sub(code, 4), pack_record(r)) end

local function read_chat(keys, e)
  local packed = e.chat and redis.call('HGET', keys[e.chat], e.chat_field)
  if not packed then return {code = NOBODY, slot = e.slot or NO_SLOT, written_s = 0, first_s = 0, began = 0} end
  local chat = {}
  chat.code, chat.slot, chat.written_s, chat.first_s, chat.began = struct.unpack(CHAT, packed)
  return chat
end

local function write_chat(keys, e, chat)
  if e.chat then
    redis.call('HSET', keys[e.chat], e.chat_field,
      struct.pack(CHAT, chat.code, chat.slot, chat.written_s, chat.first_s, chat.began))
  end
end

-- Whoever wrote first began a conversation, also if it is told last; of one second it was the person. Replies by how
-- much this changes what the line began.
local function begin(chat, who, at_s)
  local was = chat.began
  if was ~= 0 and (at_s > chat.first_s or (at_s == chat.first_s and who == WE_BEGAN)) then return 0 end
  chat.began, chat.first_s = who, at_s
  return (who == WE_BEGAN and 1 or 0) - (was == WE_BEGAN and 1 or 0)
end

local function count_started(call, pool, slot, times)
  local line = pool.line[slot]
  if times == 0 or line.started_hour + times < 0 then return end -- one of an earlier hour is in the ring already
  line.started_24h, line.started_hour = line.started_24h + times, line.started_hour + times
  replace_line(pool, slot, line)
  note_traffic(call, slot, 'started', times)
end

-- Who this is: by their handle, else by the conversation. The second result is a code whose record was not named.
local function who(keys, e, chat)
  local code = e.handle and redis.call('HGET', keys[e.handle], e.handle_field)
  if not code and chat.code ~= NOBODY then code = chat.code end
  if not code then return nil end
  if code ~= e.known then return nil, code end
  local r = fetch(keys, code, e.known_key)
  return r and r.state ~= RELEASED and {code = code, key = e.known_key, r = r} or nil
end
