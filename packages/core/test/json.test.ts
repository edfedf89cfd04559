import { readJson } from '@bouncy/core/provider'
import { describe, expect, it } from 'vitest'

const refused = { name: 'WebhookError', code: 'body-malformed', status: 400 }
const thrownBy = (body: string | Uint8Array, options = {}): unknown => {
  try {
    readJson(body, options)
  } catch (error) {
    return error
  }
  return undefined
}

describe('readJson', () => {
  it('reads what JSON.parse reads', () => {
    for (const value of [
      { a: [1, { b: 'x"\\":,{' }], ':': '::' },
      [],
      'text',
      1,
      null,
      { 'a\\': 1, 'b"': 2 },
    ]) {
      expect(readJson(new TextEncoder().encode(JSON.stringify(value)))).toEqual(value)
      expect(readJson(JSON.stringify(value, null, 2))).toEqual(value)
    }
  })

  it.each(['', '{', '{"a":1', '{"a":1}}', "{'a':1}", '\ufeff{}', 'NaN'])('refuses %j', (body) => {
    expect(thrownBy(body)).toMatchObject(refused)
  })

  it('refuses what is not UTF-8', () => {
    expect(thrownBy(new Uint8Array([0x22, 0xc3, 0x28, 0x22]))).toMatchObject(refused)
    expect(thrownBy(new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x7d]))).toMatchObject(refused)
  })

  it('refuses nesting beyond the limit, however deep', () => {
    expect(readJson('['.repeat(64) + ']'.repeat(64))).toBeDefined()
    expect(thrownBy('['.repeat(65) + ']'.repeat(65))).toMatchObject(refused)
    expect(thrownBy('{"a":'.repeat(1_000_000))).toMatchObject(refused)
    expect(thrownBy('[[[]]]', { maxDepth: 2 })).toMatchObject(refused)
  })

  it.each([
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '{"a":1,"a"   :2}',
    `{"a":1,"a"${' '.repeat(200)}:2}`,
    '[{"b":{"a":1,"c":[],"a":2}}]',
    '{"__proto__":1,"__proto__":2}',
  ])('refuses a key that occurs twice: %s', (body) => {
    expect(thrownBy(body)).toMatchObject(refused)
  })

  it('allows it where customers choose the names, and only there', () => {
    expect(readJson('{"tags":{"a":1,"a":2},"b":1}', { freeForm: ['tags'] })).toEqual({ tags: { a: 2 }, b: 1 })
    expect(readJson('{"tags":[{"a":{"b":1,"b":1}}]}', { freeForm: ['tags'] })).toBeDefined()
    expect(thrownBy('{"tags":{"a":1,"a":2},"b":1,"b":2}', { freeForm: ['tags'] })).toMatchObject(refused)
    expect(thrownBy('{"tags":{},"tags":{}}', { freeForm: ['tags'] })).toMatchObject(refused)
  })

  it('is not misled by the same key in different objects, or by keys in strings', () => {
    expect(readJson('{"a":{"a":1},"b":[{"a":1},{"a":2}],"c":"\\"a\\":1,\\"a\\":2"}')).toBeDefined()
  })

  it.each([
    ['9007199254740993', '9007199254740993'],
    ['-9007199254740993', '-9007199254740993'],
    ['1e400', '1e400'],
    ['123456789012345678901234567890', '123456789012345678901234567890'],
    ['9007199254740991', 9007199254740991],
    ['1e3', 1000],
    ['0.1234567890123456', 0.1234567890123456],
    ['"9007199254740993"', '9007199254740993'],
  ])('loses no digit of %s', (text, value) => {
    expect(readJson(`{"a":[${text}, true]}`)).toEqual({ a: [value, true] })
  })
})
