-- Creates users, each with an e-mail address of its own.
-- Arguments: the path, a file that is not read, a tag that no other run uses, the method.
local count, path, tag, method = 0, nil, nil, nil

function init(args)
   path, tag, method = args[1], args[3], args[4]
   wrk.headers["Content-Type"] = "application/json"
end

function request()
   count = count + 1
   local body = string.format('{"email":"user-%s-%d@example.org","name":"Ada Lovelace"}', tag, count)
   return wrk.format(method, path, nil, body)
end
