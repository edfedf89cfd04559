import { hash } from 'node:crypto'
import type { Send } from './client.ts'

/** Runs a script of ours on the server, in one step during which nothing else runs there. */
export type Script = (keys: readonly string[], args: readonly string[]) => Promise<unknown>

/** Sends a script by its digest, and whole where the server does not know it (yet, or any more). */
export function createScript(send: Send, source: string): Script {
  const digest = hash('sha1', source)
  return async (keys, args) => {
    const rest = [String(keys.length), ...keys, ...args]
    try {
      return await send('evalsha', [digest, ...rest])
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
      return send('eval', [source, ...rest])
    }
  }
}

/**
 * Writes if nothing that was read has changed. ARGV: how many fields were read; of each the number of its hash among
 * KEYS, its name, and what it held ('' for nothing); then of each write the command, the number of its key, a field or
 * member, and a value or score. Answers 1 where it was done, 0 where not. What takes memory comes after what frees it:
 * Redis refuses the former when it is full, unless the script has begun to write.
 */
export const COMMIT = `
local reads = 1 + 3 * tonumber(ARGV[1])
for i = 2, reads, 3 do
  local held = redis.call('hget', KEYS[tonumber(ARGV[i])], ARGV[i + 1]) or ''
  if held ~= ARGV[i + 2] then return 0 end
end
for i = reads + 1, #ARGV, 4 do
  local command, key = ARGV[i], KEYS[tonumber(ARGV[i + 1])]
  if command == 'hdel' or command == 'zrem' then redis.call(command, key, ARGV[i + 2]) end
end
local count = string.format('%015d', redis.call('incr', KEYS[1]))
for i = reads + 1, #ARGV, 4 do
  local command, number, name, value = ARGV[i], tonumber(ARGV[i + 1]), ARGV[i + 2], ARGV[i + 3]
  if number <= 3 then name = string.gsub(name, '#', count) end
  if command == 'hset' then redis.call('hset', KEYS[number], name, value) end
  if command == 'zadd' then redis.call('zadd', KEYS[number], value, name) end
end
return 1
`

/**
 * One step of a search through a hash. ARGV: the cursor, how many fields to look at, and texts in lower case. Answers
 * the next cursor and the fields whose value holds one of the texts, ASCII letters compared without case.
 */
export const SEARCH = `
local step = redis.call('hscan', KEYS[1], ARGV[1], 'count', ARGV[2])
local found = {}
for i = 1, #step[2], 2 do
  local value = string.lower(step[2][i + 1])
  for j = 3, #ARGV do
    if string.find(value, ARGV[j], 1, true) then
      found[#found + 1] = step[2][i]
      break
    end
  end
end
return { step[1], found }
`
