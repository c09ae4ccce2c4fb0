-- Liveness, one user, a list of users and a new user, one after the other.
-- Arguments: the path of the users, a file with one id a line, a tag that no other run uses.
local ids, count, path, tag = {}, 0, nil, nil

function init(args)
   path, tag = args[1], args[3]
   for id in io.lines(args[2]) do
      ids[#ids + 1] = id
   end
   wrk.headers["Content-Type"] = "application/json"
end

function request()
   count = count + 1
   local turn = count % 4
   if turn == 0 then
      return wrk.format("GET", "/health/live")
   elseif turn == 1 then
      return wrk.format("GET", path .. "/" .. ids[count % #ids + 1])
   elseif turn == 2 then
      return wrk.format("GET", path .. "?limit=20")
   end
   local body = string.format('{"email":"user-%s-%d@example.org","name":"Ada Lovelace"}', tag, count)
   return wrk.format("POST", path, nil, body)
end
