-- Asks for paths that end in an id, drawn at random from a file.
-- Arguments: what comes before the id, a file with one id a line, a tag that decides what is drawn.
local requests = {}

function init(args)
   local seed = 0
   for place = 1, #args[3] do
      seed = seed * 31 % 2147483647 + args[3]:byte(place)
   end
   math.randomseed(seed)
   for id in io.lines(args[2]) do
      requests[#requests + 1] = wrk.format("GET", args[1] .. id)
   end
end

function request()
   return requests[math.random(#requests)]
end
