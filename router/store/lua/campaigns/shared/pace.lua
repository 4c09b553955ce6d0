--[[ pace: how fast a channel may be used. A channel's bucket holds tokens, which grow at its pace. `closed_ms` is when
  the channel accepts messages again, if it said so. `call.buckets` holds what was read, until write_buckets.
  uses  formats ]]

local function bucket_of(call, channel)
  local bucket = call.buckets[channel]
  if bucket then return bucket end
  bucket = {tokens = call.burst, closed_ms = tonumber(redis.call('HGET', call.pace, 'closed:' .. channel) or 0)}
  local packed = redis.call('HGET', call.pace, 'tokens:' .. channel)
  if packed then
    local tokens, at_ms = struct.unpack(BUCKET_FORMAT, packed)
    bucket.tokens = math.min(call.burst, tokens + math.max(0, call.now_ms - at_ms) * call.rate / 1000)
  end
  call.buckets[channel] = bucket
  return bucket
end

local function wait_ms_of(call, bucket)
  local closed_ms = bucket.closed_ms - call.now_ms
  if closed_ms > 0 and closed_ms < DAY_MS then return closed_ms end -- more than a day is from a clock that jumped
  return bucket.tokens < 1 and math.ceil((1 - bucket.tokens) * 1000 / call.rate) or 0
end

-- Write the buckets, also where no token was used: if the clock was set back, a bucket would stand still until the
-- clock caught up.
local function write_buckets(call)
  local waits = {0, 0, 0}
  for channel, bucket in pairs(call.buckets) do
    redis.call('HSET', call.pace, 'tokens:' .. channel, struct.pack(BUCKET_FORMAT, bucket.tokens, call.now_ms))
    waits[channel] = wait_ms_of(call, bucket)
  end
  return waits
end
