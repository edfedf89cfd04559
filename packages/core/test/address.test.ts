import { addressKey } from '@bouncy/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

describe('addressKey', () => {
  it.each([
    ['kim@example.com', 'kim@example.com'],
    ['Kim.Lee+News@EXAMPLE.Com', 'kim.lee+news@example.com'],
    ['kim@example.com.', 'kim@example.com'],
    ['  kim@example.com ', 'kim@example.com'],
    ['Kim Lee <kim@example.com>', 'kim@example.com'],
    ['"Lee, Kim" <Kim@example.com>', 'kim@example.com'],
    ['<kim@example.com>', 'kim@example.com'],
    ['kim@example.com <kim@example.com>', 'kim@example.com'],
    ['"Lee, \\"K; <x>" (Kim) <kim@example.com>', 'kim@example.com'],
    ['"kim lee"@example.com', '"kim lee"@example.com'],
    ['"a@b"@example.com', '"a@b"@example.com'],
    ['"Kim.Lee"@example.com', 'kim.lee@example.com'],
    ['".kim"@example.com', '.kim@example.com'],
    ['"kim..lee."@example.com', 'kim..lee.@example.com'],
    ['kim..lee.@example.com', 'kim..lee.@example.com'],
    ['Kim (at (home) <kim@example.com>', undefined],
    ['kim@example.com (<lee@example.com>', undefined],
    [`${'x'.repeat(1_990)} <kim@example.com>`, undefined],
    ['"k\\im"@example.com', 'kim@example.com'],
    ['"kim\\ lee"@example.com', '"kim lee"@example.com'],
    ['"k\\"i\\\\m"@example.com', '"k\\"i\\\\m"@example.com'],
    ['kim@bücher.example', 'kim@xn--bcher-kva.example'],
    ['kim@XN--BCHER-KVA.example', 'kim@xn--bcher-kva.example'],
    ['kim@faß.example', 'kim@xn--fa-hia.example'],
    ['kim@example。com', 'kim@example.com'],
    ['kim@ｅｘａｍｐｌｅ.com', 'kim@example.com'],
    ['jose\u0301@example.com', 'jos\u00e9@example.com'],
    ['O’Neil@example.com', 'o’neil@example.com'],
    ['kim@localhost', 'kim@localhost'],
    ['kim_1@a_b.example.com', 'kim_1@a_b.example.com'],
    ['kim@3com.com', 'kim@3com.com'],
  ])('%s', (address, key) => {
    expect(addressKey(address)).toBe(key)
  })

  it('finds of a plain address at once what a closer look finds', () => {
    const local = fc.string({ unit: fc.constantFrom(...'aZ9._-+%!~"@ \\(ü'), maxLength: 70 })
    const label = fc.string({ unit: fc.constantFrom(...'aXn0x9--_:ü'), maxLength: 66 })
    const domain = fc.array(label, { maxLength: 6 }).map((labels) => labels.join('.'))
    const any = fc.tuple(local, domain).map((parts) => parts.join('@'))
    const plain = fc.tuple(
      fc.stringMatching(/^[\w.+-]{1,80}$/),
      fc.stringMatching(/^(?:[A-Za-z\d]{1,9}[.-]){0,30}[A-Za-z]{1,3}$/),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          any,
          plain.map((parts) => parts.join('@')),
          fc.emailAddress(),
        ),
        (address) => {
          // blanks around an address have it looked at closely, and are dropped
          expect(addressKey(address)).toBe(addressKey(` ${address} `))
        },
      ),
      { numRuns: 3_000 },
    )
  })

  it('folds ASCII letters only: other scripts have letters that look alike when folded', () => {
    expect(addressKey('İstanbul@example.com')).toBe('İstanbul@example.com'.normalize('NFC'))
    expect(addressKey('ÄRGER@example.com')).toBe('Ärger@example.com')
  })

  it('keeps a Kelvin sign apart from a K: the one person must not be suppressed for the other', () => {
    expect(addressKey('\u212aevin@example.com')).toBe('\u212aevin@example.com')
    expect(addressKey('\u212aevin@example.com')).not.toBe(addressKey('kevin@example.com'))
  })

  it.each([
    '',
    'kim',
    '@example.com',
    'kim@',
    'kim@.',
    'kim@127.0.0.1',
    'kim@127.1',
    'kim@0x7f.1',
    'kim@2130706433',
    'kim@１２７.０.０.１',
    'kim@[127.0.0.1]',
    'kim@[IPv6:::1]',
    'kim@ex%61mple.com',
    'kim@example.com/x',
    'kim@example.com:25',
    'kim@exa mple.com',
    'kim@example..com',
    'kim lee@example.com',
    'kim@lee@example.com',
    'kim@example.com,',
    'kim@example.com;',
    'kim@example.com"',
    "kim@example.com'",
    'kim@example.com(work)',
    'kim@example.com,x',
    'Kim <kim@example.com,>',
    'kim@exa*mple.com',
    'kim\r\nbcc: x@example.com',
    'kim\u0000@example.com',
    'kim@example.com\u0000',
    'kim\ud800@example.com',
    'kim, lee@example.com',
    '"kim" or "lee"@example.com',
    '"kim\\"@example.com',
    '<kim@example.com',
    'gone@example.com, Kim <kim@example.com>',
    'gone@example.com; Kim <kim@example.com>',
    'Lee, Kim <kim@example.com>',
    'Friends: Kim <kim@example.com>',
    '<gone@example.com> <kim@example.com>',
    '"Lee, Kim <gone@example.com>, Kim <kim@example.com>',
    'Kim\r\nBcc: x@example.com <kim@example.com>',
    `${'a'.repeat(300)}@example.com`,
    // NFC makes three characters of each
    `${'\ufb2c'.repeat(100)}@example.com`,
    `kim@${'a'.repeat(300)}.com`,
  ])('%j is no address', (address) => {
    expect(addressKey(address)).toBeUndefined()
  })

  it('is idempotent: the key of a key is the key', () => {
    for (const address of [
      'Kim@EXAMPLE.com.',
      'kim@bücher.example',
      '\u212aevin@x.example',
      'jose\u0301@x.example',
      '"k\\"i\\\\\\m"@x.example',
      '"k\\\u2028m"@x.example',
    ]) {
      const key = addressKey(address)
      expect(key === undefined ? undefined : addressKey(key)).toBe(key)
    }
  })
})
