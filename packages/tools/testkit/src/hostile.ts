/** One body that no provider sends, made from one that it does. */
export interface HostileBody {
  readonly name: string
  readonly body: Uint8Array
}

const text = new TextEncoder()

/** Bodies that break careless readers: cut, doubled, deep, badly encoded, of the wrong shape. Deterministic. */
export function* hostileBodies(genuine: Uint8Array): Generator<HostileBody> {
  yield { name: 'nothing', body: new Uint8Array() }
  for (const [name, body] of Object.entries(SHAPES)) yield { name, body: text.encode(body) }
  yield { name: 'invalid UTF-8', body: new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]) }
  yield { name: 'a byte order mark', body: new Uint8Array([0xef, 0xbb, 0xbf, ...genuine]) }
  const step = Math.max(1, Math.floor(genuine.byteLength / 64))
  for (let length = 1; length < genuine.byteLength; length += step) {
    yield { name: `cut after ${length} bytes`, body: genuine.slice(0, length) }
    const flipped = genuine.slice()
    flipped[length] = (flipped[length] ?? 0) ^ 0x01
    yield { name: `bit flipped in byte ${length}`, body: flipped }
  }
  yield* retyped(new TextDecoder().decode(genuine))
}

const SHAPES: Readonly<Record<string, string>> = {
  null: 'null',
  true: 'true',
  'a number': '12e999',
  'a string': '"text"',
  'an empty array': '[]',
  'an empty object': '{}',
  'an array of anything': '[null,1,"a",{},[]]',
  'deep arrays': '['.repeat(5000) + ']'.repeat(5000),
  'deep objects': `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`,
  'no end': '{"a":{"b":[',
  'a key twice': '{"Type":"Notification","Type":"Bounce"}',
  prototype: '{"__proto__":{"Type":"Bounce"},"constructor":{"prototype":{}}}',
  'form data': 'Type=Notification&Message=hello',
  xml: '<?xml version="1.0"?><Type>Notification</Type>',
}

const WRONG: readonly unknown[] = [null, 1e300, -1, true, [], {}, '', '\u0000', [[[]]], { toString: 1 }]

/** The genuine object with each member replaced by values of every other type. */
function* retyped(json: string): Generator<HostileBody> {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return
  }
  const object = (Array.isArray(value) ? value[0] : value) as unknown
  if (typeof object !== 'object' || object === null) return
  for (const key of Object.keys(object)) {
    for (const [index, wrong] of WRONG.entries()) {
      const changed = { ...object, [key]: wrong }
      const body = text.encode(JSON.stringify(Array.isArray(value) ? [changed] : changed))
      yield { name: `${key} as wrong value ${index}`, body }
    }
  }
}
