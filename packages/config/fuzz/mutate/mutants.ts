import type { Random } from '../random.ts'
import type { Batch, FuzzCase, FuzzPost } from '../target.ts'
import { changeBytes } from './bytes.ts'
import { type Changed, changeJson, type Material } from './json.ts'
import { type ChangedPost, changeRequest } from './request.ts'
import { TEXTS } from './tokens.ts'

/** What mutants are made of. */
export interface MutantsOptions {
  /** Posts that are accepted as they are. */
  readonly genuine: readonly FuzzPost[]
  /** Posts that are refused as they are: too old, for somebody else, of another signer. @default none */
  readonly foreign?: readonly FuzzPost[]
  /** Texts that mean something to this provider: topics, dates, names of its types. @default none */
  readonly tokens?: readonly string[]
}

/** A share of the cases is left as it is: were those not accepted, then nothing would be proved by refusals. */
const UNCHANGED = 0.03
/** What has grown beyond is changed no further as JSON, which takes long: in bytes. */
const LARGE = 200_000
/** A share of the cases is made very large. */
const HUGE = 0.0005

/** The cases of a batch: each a genuine post that was changed in one place or in several. */
export function* mutants(options: MutantsOptions, batch: Batch): Generator<FuzzCase> {
  for (let index = 0; index < batch.size; index += 1) yield mutant(options, batch.random(index))
}

/** Changes the JSON of a text as mutants are changed, for what has to be signed afterwards. */
export function distort(text: string, random: Random, tokens: readonly string[] = []): string {
  return changeJson(text, { random, tokens: [...TEXTS, ...tokens] })?.[1] ?? text
}

function mutant({ genuine, foreign = [], tokens = [] }: MutantsOptions, random: Random): FuzzCase {
  const material: Material = { random, tokens: tokens.length > 0 && random.chance(0.3) ? tokens : TEXTS }
  const isForeign = foreign.length > 0 && random.chance(0.15)
  const original = random.of(isForeign ? foreign : genuine)
  if (random.chance(UNCHANGED))
    return { name: 'unchanged', post: original, must: isForeign ? 'refuse' : 'accept' }
  const names: string[] = []
  let post = original
  for (let left = random.of([1, 1, 1, 1, 1, 2, 2, 3, 4, 12]); left > 0; left -= 1) {
    const [name, changed] = changeOnce(post, random.of([...genuine, ...foreign]), material)
    names.push(name)
    post = changed
  }
  if (random.chance(HUGE)) post = { ...post, body: enlarged(post.body, random) }
  return { name: names.join('; '), post }
}

function changeOnce(post: FuzzPost, other: FuzzPost, material: Material): ChangedPost {
  const level = material.random.below(100)
  if (level < 20) return changeRequest(post, material)
  const changed = level < 65 && post.body.length < LARGE ? json(post.body, material) : undefined
  const [name, body] = changed ?? changeBytes(post.body, other.body, material)
  return [name, { ...post, body }]
}

function json(body: Uint8Array, material: Material): readonly [string, Uint8Array] | undefined {
  const changed: Changed | undefined = changeJson(new TextDecoder().decode(body), material)
  return changed && [changed[0], Buffer.from(changed[1])]
}

/** Up to beyond every limit, with white space or with what is read. */
function enlarged(body: Uint8Array, random: Random): Uint8Array {
  const size = random.of([70_000, 1_048_577, 5_242_881])
  const filler = random.of([' ', '[', '"', '\\', '{"a":', '"a",', '0'])
  const filling = Buffer.alloc(size, filler)
  return random.chance(0.5) ? Buffer.concat([filling, body]) : Buffer.concat([body, filling])
}
