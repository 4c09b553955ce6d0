--[[ replay: send the requests of one file in random order, each with a fresh serial; or in their own order, each once
  until they are used up.
  args  1 file: raw HTTP/1.1 requests separated by NUL   2 first serial, 16 digits   3 random | ordered
  done  prints one line of JSON: requests, seconds, refused (status > 399), broken (sockets), p50_ms, p99_ms ]]

local requests, serial, is_ordered, sent = {}, 0, false, 0

function init(args)
  local file = assert(io.open(args[1], 'rb'))
  for request in file:read('*a'):gmatch('%Z+') do
    local parts = {}
    for part in (request .. '{serial}'):gmatch('(.-){serial}') do parts[#parts + 1] = part end
    requests[#requests + 1] = parts[2] and parts or request
  end
  file:close()
  serial, is_ordered = tonumber(args[2]), args[3] == 'ordered'
  math.randomseed(serial % 2147483647)
end

function request()
  if is_ordered then
    sent = sent + 1
    return requests[(sent - 1) % #requests + 1]
  end
  serial = serial + 1
  local chosen = requests[2] and requests[math.random(#requests)] or requests[1]
  if type(chosen) == 'string' then return chosen end
  -- A double holds 16 digits up to 9.0e15 exactly: microseconds until the year 2255.
  return table.concat(chosen, string.format('%016.0f', serial))
end

function done(summary, latency)
  local broken = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "seconds": %f, "refused": %d, "broken": %d, "p50_ms": %f, "p99_ms": %f}\n',
    summary.requests, summary.duration / 1e6, broken.status,
    broken.connect + broken.read + broken.write + broken.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
