-- Posts each line of a file once: a path, the network it comes from, a form's body.
local requests, at = {}, 0

function init(args)
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
  for line in io.lines(args[1]) do
    local path, network, body = line:match("^(%S+) (%S+) (.*)$")
    wrk.headers["X-Forwarded-For"] = network
    requests[#requests + 1] = wrk.format("POST", path, wrk.headers, body)
  end
end

function request()
  at = at + 1
  return requests[at] or error("more was posted than was made ahead")
end
