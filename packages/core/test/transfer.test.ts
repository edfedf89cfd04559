import { type Bouncy, createBouncy, memoryStore, type NewSuppression, type Suppression } from '@bouncy/core'
import { exportSuppressions, importSuppressions, type TransferFormat } from '@bouncy/core/transfer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { post, type ToyEvent, toy } from './toy.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const SINCE = '2026-11-01T00:00:00.000Z'
const to = 'kim@example.com'
const actor = 'support'
const setUp = (now = () => NOW): Bouncy => createBouncy({ providers: [toy()], store: memoryStore(), now })
const list = async (bouncy: Bouncy): Promise<readonly Suppression[]> =>
  (await bouncy.suppressions({ limit: 1000 })).items
const send = async (bouncy: Bouncy, ...events: ToyEvent[]): Promise<void> => {
  for (const event of events) expect((await bouncy.receive('toy', post([event]))).status).toBe(200)
}
async function text(bouncy: Bouncy, format: TransferFormat): Promise<string> {
  let all = ''
  for await (const chunk of exportSuppressions(bouncy, { format })) all += chunk
  return all
}

/** Takes a CSV file in, in one piece. */
const take = (bouncy: Bouncy, file: string, options: object = {}) =>
  importSuppressions(bouncy, [file], { format: 'csv', actor, ...options })

/** A file that comes as a slow network brings it. */
const bytewise = (file: string): Uint8Array[] =>
  Array.from(new TextEncoder().encode(file), (byte) => Uint8Array.of(byte))

const EVERYTHING: readonly NewSuppression[] = [
  { address: to, reason: 'complaint', since: SINCE, provider: 'ses', eventId: 'ses_1' },
  {
    address: to,
    reason: 'unsubscribe',
    since: SINCE,
    expiresAt: '2027-01-01T00:00:00.000Z',
    scope: { stream: 'news, "weekly"', tenant: 'acme' },
    provider: 'postmark',
    eventId: 'postmark_2',
    note: 'asked for it\r\ntwice; 💌 é',
  },
  {
    address: '=cmd|x!a1@example.com',
    reason: 'bounce',
    since: SINCE,
    note: '=HYPERLINK("http://evil.example")',
  },
  { address: "'+tag@example.com", reason: 'bounce', since: SINCE, note: "''=1+1" },
  {
    address: '-minus@bücher.example',
    reason: 'manual',
    since: SINCE,
    scope: { tenant: '@tenant' },
    note: '\ttab',
  },
  { address: '\uff1d1@example.com', reason: 'manual', since: SINCE, note: '\nline feed' },
  { address: '\uff0b1@example.com', reason: 'manual', since: SINCE, note: "'\uff0d1" },
  { address: 'kay@example.com', reason: 'manual', since: SINCE, note: '\uff20SUM(A1)' },
  { address: `erased:2026:${'x'.repeat(43)}`, reason: 'bounce', since: SINCE },
]

describe.each<TransferFormat>(['csv', 'ndjson'])('a list that goes through %s', (format) => {
  it('comes back whole, however it is cut, and changes nothing the second time', async () => {
    const before = setUp()
    await before.suppress(EVERYTHING)
    await send(before, { type: 'bounce', to: 'ada@example.com' })
    const file = await text(before, format)
    const after = setUp()
    for (let round = 0; round < 2; round += 1) {
      const report = await importSuppressions(after, bytewise(file), { format, actor })
      expect(report).toEqual({ imported: 10, refused: 0, refusals: [] })
      expect(await list(after)).toEqual(await list(before))
      expect(await text(after, format)).toBe(file)
      expect((await after.audit()).items).toHaveLength(10)
    }
    await importSuppressions(before, [file], { format, actor })
    expect(await text(before, format)).toBe(file)
    expect((await before.audit()).items).toHaveLength(10)
  })

  it('is read to the end and written in pages, with progress', async () => {
    const before = setUp()
    const entries = Array.from({ length: 2500 }, (_, index) => ({
      address: `kim${String(index).padStart(4, '0')}@example.com`,
      reason: index % 2 === 0 ? ('bounce' as const) : ('manual' as const),
    }))
    await before.suppress(entries)
    const exported: number[] = []
    const chunks = exportSuppressions(before, {
      format,
      onProgress: (progress) => exported.push(progress.exported),
    })
    const after = setUp()
    const imported: number[] = []
    const options = {
      format,
      actor,
      onProgress: (progress: { imported: number }) => imported.push(progress.imported),
    }
    expect(await importSuppressions(after, chunks, options)).toMatchObject({ imported: 2500, refused: 0 })
    expect(exported).toEqual([1000, 2000, 2500])
    expect(imported).toEqual([1000, 2000, 2500])
    expect(await text(after, format)).toBe(await text(before, format))
    const bounces = exportSuppressions(after, { format, reason: 'bounce', prefix: 'kim00' })
    const some = setUp()
    await importSuppressions(some, bounces, { format, actor })
    expect(await list(some)).toHaveLength(50)
  })

  it('has whom is erased meanwhile, and each of the erased once', async () => {
    const peppers = [{ id: '2026', secret: 'p'.repeat(32) }]
    const bouncy = createBouncy({ providers: [toy()], store: memoryStore(), now: () => NOW, peppers })
    const addresses = Array.from({ length: 1500 }, (_, index) => `kim${1000 + index}@example.com`)
    await bouncy.suppress(addresses.map((address) => ({ address, reason: 'manual', since: SINCE })))
    await bouncy.erase('kim1000@example.com')
    const chunks: string[] = []
    for await (const chunk of exportSuppressions(bouncy, { format })) {
      chunks.push(chunk)
      if (chunk.includes('kim1001@')) await bouncy.erase('kim2400@example.com')
    }
    const after = setUp()
    expect(await importSuppressions(after, chunks, { format, actor })).toMatchObject({ imported: 1500 })
    const erased = (await bouncy.suppressions({ prefix: 'erased:' })).items
    expect(erased).toHaveLength(2)
    expect((await after.suppressions({ prefix: 'erased:' })).items).toEqual(erased)
    const exported = async (prefix: string): Promise<number> => {
      const other = setUp()
      const part = exportSuppressions(bouncy, { format, prefix })
      return (await importSuppressions(other, part, { format, actor })).imported
    }
    expect(await Promise.all(['kim', 'e', 'erased:', 'erased:2026:', ''].map(exported))).toEqual([
      1498, 2, 2, 2, 1500,
    ])
  })

  it('takes any text as a note', async () => {
    const awkward = fc.constantFrom(...`'=+-@\t\r\n＝＋－＠",; x`)
    const notes = [fc.string({ unit: 'binary', minLength: 1 }), fc.string({ unit: awkward, minLength: 1 })]
    await fc.assert(
      fc.asyncProperty(fc.oneof(...notes), async (note) => {
        const [before, after] = [setUp(), setUp()]
        await before.suppress({ address: to, reason: 'manual', note })
        const file = await text(before, format)
        await importSuppressions(after, [file], { format, actor })
        expect(await list(after)).toEqual(await list(before))
      }),
      { numRuns: 500 },
    )
  })

  it('waits for the store before it reads on', async () => {
    let pulled = 0
    async function* source() {
      if (format === 'csv') yield 'address\n'
      for (; pulled < 50; pulled += 1)
        yield format === 'csv' ? `a${pulled}@b.example\n` : `{"email":"a${pulled}@b.example"}\n`
    }
    const ahead: number[] = []
    let stored = 0
    const suppress: Bouncy['suppress'] = async (entries) => {
      await new Promise(setImmediate)
      stored += [entries].flat().length
      ahead.push(pulled - stored)
    }
    await importSuppressions({ suppress }, source(), { format, actor, batchSize: 10 })
    expect(stored).toBe(50)
    expect(Math.max(...ahead)).toBeLessThanOrEqual(1)
  })
})

describe('a spreadsheet', () => {
  it('finds no formula in the file', async () => {
    const bouncy = setUp()
    await bouncy.suppress(EVERYTHING)
    const notes = ['x;=1+1', 'x;"=1+1', 'x\t@SUM(A1)', 'x\r\n-1', "x;'\uff0b1"]
    await bouncy.suppress(
      notes.map((note, index) => ({ address: `n${index}@example.com`, reason: 'manual', note })),
    )
    const file = await text(bouncy, 'csv')
    // as one parts it that expects other separators, and for which our quotes are none
    const cells = file.split(/[\r\n,;\t]+/).map((cell) => cell.replace(/^"+/, ''))
    expect(cells.filter((cell) => /^[=+\-@\t＝＋－＠]/.test(cell))).toEqual([])
    expect(file).toContain(`,"'\nline feed",`)
    expect(cells).toContain("'=cmd|x!a1@example.com")
  })

  it.each([
    ['BOM, CR LF', '\ufeffaddress,reason\r\nkim@example.com,bounce\r\n'],
    ['semicolons', 'reason;address\nbounce;kim@example.com'],
    ['tabs and CR alone', 'address\treason\rkim@example.com\tbounce\r'],
    ['quotes everywhere', '"Address","Reason"\r\n"kim@example.com","BOUNCE"\r\n\r\n'],
    ['names of vendors, columns that nobody knows', 'Id,Email Address,reason\n7,Kim@EXAMPLE.com,bounce\n'],
  ])('writes what is understood: %s', async (_, file) => {
    const bouncy = setUp()
    expect(await take(bouncy, file)).toMatchObject({ imported: 1, refused: 0 })
    expect(await list(bouncy)).toMatchObject([{ address: to, reason: 'bounce' }])
    const again = setUp()
    await importSuppressions(again, bytewise(file), { format: 'csv', actor })
    expect(await list(again)).toMatchObject([{ address: to, reason: 'bounce' }])
  })
})

describe('importSuppressions', () => {
  it('never undoes what was lifted after the file was made', async () => {
    let at = NOW
    const bouncy = setUp(() => at)
    const kept = async (): Promise<string> => {
      const file = await text(bouncy, 'csv')
      expect(file).toContain(to)
      return file
    }
    const stays = async (file: string): Promise<void> => {
      expect(await bouncy.isSuppressed(to)).toBe(false)
      await take(bouncy, file)
      expect(await bouncy.isSuppressed(to)).toBe(false)
    }

    await bouncy.suppress({ address: to, reason: 'manual' })
    const byHand = await kept()
    await bouncy.unsuppress(to, { actor })
    await stays(byHand)

    const next = (): string => {
      at += 1
      return new Date(at).toISOString()
    }
    await send(bouncy, { type: 'bounce', at: next(), stream: 'news' })
    const bounced = await kept()
    await send(bouncy, { type: 'resubscribe', at: next(), stream: 'news' })
    await stays(bounced)

    const soft = { type: 'bounce', more: { bounceType: 'soft', reason: 'mailbox-full' } } as const
    for (const key of ['1', '2', '3', '4', '5']) await send(bouncy, { ...soft, key, at: next() })
    const paused = await kept()
    await send(bouncy, { type: 'delivery', at: next() })
    await stays(paused)

    await bouncy.suppress({ address: to, reason: 'manual' })
    expect(await bouncy.isSuppressed(to)).toBe(true)
  })

  it('does not lift what another stream suppressed', async () => {
    const bouncy = setUp()
    const row = `${SINCE},unsubscribe,${to}`
    await send(bouncy, { type: 'resubscribe', at: '2026-11-20T00:00:00Z', stream: 'other' })
    await take(bouncy, `since,reason,address,provider,eventId,stream\n${row},toy,toy_1,news\n`)
    expect(await list(bouncy)).toMatchObject([{ since: SINCE, eventId: 'toy_1', scope: { stream: 'news' } }])
  })

  it('dates rows without a time as it is told, and names who imported them', async () => {
    const bouncy = setUp()
    await take(bouncy, 'email\nkim@example.com\n', { since: '2026-10-01', reason: 'unsubscribe' })
    expect(await list(bouncy)).toEqual([
      { address: to, reason: 'unsubscribe', since: '2026-10-01T00:00:00.000Z' },
    ])
    expect((await bouncy.audit()).items).toMatchObject([{ actor, change: 'suppressed' }])
    await bouncy.unsuppress(to, { actor })
    await take(bouncy, 'email\nkim@example.com\n', { since: '2026-11-01' })
    expect(await list(bouncy)).toEqual([])
  })

  it.each<[TransferFormat, string]>([
    ['csv', 'email,stream,tenant,expiresAt,provider,eventId,reason\nkim@example.com,  ,\t, ,  , , \n'],
    ['ndjson', '{"address":"kim@example.com","scope":{"stream":"","tenant":" "}}\n'],
    ['ndjson', '{"address":"kim@example.com","stream":" ","expiresAt":"","since":" "}\n'],
  ])('takes blanks in %s for nothing said: %j', async (format, file) => {
    const bouncy = setUp()
    expect(await take(bouncy, file, { format, since: SINCE })).toMatchObject({ imported: 1 })
    expect(await list(bouncy)).toEqual([{ address: to, reason: 'manual', since: SINCE }])
    expect(await bouncy.isSuppressed(to, { stream: 'news' })).toBe(true)
  })

  it('refuses rows by their line, goes on, and repeats nothing of what they say', async () => {
    const bouncy = setUp()
    const file = [
      'address,reason,since,expiresAt,note',
      'a@example.com,bounce,,,"two',
      'lines"',
      'secret,bounce,,,',
      'b@example.com,annoyed,,,',
      'c@example.com,bounce,yesterday,,',
      '',
      'd@example.com,bounce,2999-01-01,,',
      'e@example.com,bounce,,soon,',
      'f@example.com,bounce,,',
      'g@example.com,bounce,,,,more',
      '"h@example.com"x,bounce,,,',
      '"quoted@example.com","bounce",,,"""yes"""',
      'z@example.com,Bounce,2026-11-01 10:00:00+02,,',
    ].join('\r\n')
    const seen: number[] = []
    expect(await importSuppressions(setUp(), bytewise(file), { format: 'csv', actor })).toMatchObject({
      refused: 8,
    })
    const report = await take(bouncy, file, {
      keepRefusals: 3,
      onRefused: ({ line }: { line: number }) => seen.push(line),
    })
    expect(seen).toEqual([4, 5, 6, 8, 9, 10, 11, 12])
    expect(report).toEqual({
      imported: 3,
      refused: 8,
      refusals: [
        { line: 4, problem: 'address: this is no e-mail address' },
        { line: 5, problem: 'reason: give one of complaint, bounce, unsubscribe, manual' },
        { line: 6, problem: 'since: give a time in ISO 8601' },
      ],
    })
    expect(await list(bouncy)).toMatchObject([
      { address: 'a@example.com', note: 'two\r\nlines' },
      { address: 'quoted@example.com', note: '"yes"' },
      { address: 'z@example.com', since: '2026-11-01T08:00:00.000Z' },
    ])
  })

  it('loses one row to a stray quote, however much comes after it', async () => {
    const rows = Array.from({ length: 60_000 }, (_, index) => `kim${index}@example.com\n`)
    let taken = 0
    const suppress: Bouncy['suppress'] = async (entries) => {
      taken += [entries].flat().length
    }
    const file = ['address\n', 'a@example.com\n"b@example.com"x\n', ...rows]
    const report = await importSuppressions({ suppress }, file, { format: 'csv', actor })
    expect(report.refusals).toEqual([{ line: 3, problem: 'a quote stands where none may be' }])
    expect(taken).toBe(60_001)
    const short = await take(setUp(), 'address\n"b@example.com"x\nc@example.com')
    expect(short).toMatchObject({ imported: 1, refused: 1 })
  })

  it.each([
    [
      'a name in quotes before each address',
      (index: number) => `"User ${index}" <u${index}@example.com>,bounce\n`,
    ],
    [
      'a broken row for each that is none',
      (index: number) => `"a\nb"x,bounce\nu${index}@example.com,bounce\n`,
    ],
  ])('takes little time for a file of rows that are broken: %s', async (_, row) => {
    const rows = Array.from({ length: 40_000 }, (_, index) => row(index)).join('')
    const suppress: Bouncy['suppress'] = async () => undefined
    const file = ['address,reason\n', rows]
    const report = await importSuppressions({ suppress }, file, { format: 'csv', actor })
    expect(report.imported + report.refused).toBe(rows.split('\n').length - 1)
  })

  it('refuses lines that are no objects, and what is no text in them', async () => {
    const lines = [
      '{"address":"a@example.com"}',
      '{"address":7}',
      'nonsense',
      '[]',
      '',
      '{"address":"b@example.com","scope":{"stream":"s"}}',
    ]
    const bouncy = setUp()
    const report = await importSuppressions(bouncy, [lines.join('\n')], { format: 'ndjson', actor })
    expect(report.refusals).toEqual([
      { line: 2, problem: 'address: give a text' },
      { line: 3, problem: 'this is no JSON' },
      { line: 4, problem: 'this is no object' },
    ])
    expect(await list(bouncy)).toMatchObject([{ address: 'a@example.com' }, { scope: { stream: 's' } }])
  })

  it.each(['"marketing"', '["x"]', '7', 'true', '{"steam":"x"}'])(
    'does not take a row for one that holds everywhere because its scope is %s',
    async (scope) => {
      const bouncy = setUp()
      const file = `{"address":"a@example.com","scope":${scope}}\n{"address":"b@example.com","scope":null}\n`
      const report = await importSuppressions(bouncy, [file], { format: 'ndjson', actor })
      expect(report.refusals).toEqual([{ line: 1, problem: 'scope: give { stream, tenant }' }])
      expect(await list(bouncy)).toMatchObject([{ address: 'b@example.com' }])
    },
  )

  it('refuses addresses that came in another encoding', async () => {
    const latin1 = Buffer.from('address\nj\u00fcrgen@example.com\n', 'latin1')
    const report = await importSuppressions(setUp(), [latin1], { format: 'csv', actor })
    expect(report.refusals).toEqual([{ line: 2, problem: 'address: save the file as UTF-8' }])
  })

  it('ends at the first refusal if it is asked to, and when it is told', async () => {
    const bouncy = setUp()
    await expect(take(bouncy, 'address\nnobody\n', { strict: true })).rejects.toThrow(
      '[bouncy/core] line 2: address',
    )
    await expect(take(bouncy, 'address\na@example.com\n', { signal: AbortSignal.abort() })).rejects.toThrow(
      /abort/,
    )
    expect(await list(bouncy)).toEqual([])
  })

  it.each([
    [
      'a quote that nobody closes',
      'address,note\n\na@example.com,"b\n"\nb@example.com,"oops\nc@example.com,\n',
      'line 5: a quote',
    ],
    [
      'a quote that goes on for ever',
      `address,note\na@example.com,"${'x'.repeat(3_000_000)}`,
      'line 2: a quote',
    ],
    [
      'a quote that goes on for ever, in lines',
      `address,note\na@example.com,"${'x\n'.repeat(1_000_000)}`,
      'line 2: a quote',
    ],
    ['a file without addresses', 'name,reason\nkim,bounce\n', 'line 1: name the columns'],
    ['no file', '', 'line 1: name the columns'],
  ])('throws at %s', async (_, file, message) => {
    await expect(take(setUp(), file)).rejects.toThrow(`[bouncy/core] ${message}`)
    await expect(
      importSuppressions(setUp(), bytewise(file.slice(0, 200)), { format: 'csv', actor }),
    ).rejects.toThrow()
  })

  it.each([
    ['a cell', `b@example.com,b\na@example.com,${'x'.repeat(2_000_000)}\n`, 'line 3'],
    ['a cell without an end', `a@example.com,${'x'.repeat(2_000_000)}`, 'line 2'],
  ])('says that a row is too long where it is, not that a quote is open: %s', async (_, rows, line) => {
    const file = `address,note\n${rows}`
    await expect(take(setUp(), file)).rejects.toThrow(`[bouncy/core] ${line}: this row is too long`)
  })

  it('throws at a line that never ends', async () => {
    const endless = { format: 'ndjson', actor } as const
    await expect(importSuppressions(setUp(), ['\n', 'x'.repeat(3_000_000)], endless)).rejects.toThrow(
      'line 2: end it',
    )
  })

  it.each([
    ['format', { format: 'xml' }],
    ['actor', { actor: '' }],
    ['since', { since: 'soon' }],
    ['batchSize', { batchSize: 0 }],
  ])('throws at the option %s', async (key, options) => {
    await expect(take(setUp(), 'address\n', options)).rejects.toThrow(`[bouncy/core] ${key}: `)
  })

  it('throws at a format of exports that does not exist', () => {
    expect(() => exportSuppressions(setUp(), { format: 'xml' as never })).toThrow('[bouncy/core] format: ')
  })
})

describe('suppress', () => {
  it('stores several in one commit, or none', async () => {
    let commits = 0
    const store = memoryStore()
    const counting = {
      ...store,
      record: (batch: Parameters<typeof store.record>[0]) => {
        commits += 1
        return store.record(batch)
      },
    }
    const bouncy = createBouncy({ providers: [toy()], store: counting, now: () => NOW })
    await bouncy.suppress([])
    await bouncy.suppress(
      ['a', 'b', 'c'].map((name) => ({ address: `${name}@example.com`, reason: 'manual' })),
    )
    expect(commits).toBe(1)
    const bad = [
      { address: 'd@example.com', reason: 'manual' },
      { address: 'nobody', reason: 'manual' },
    ] as const
    await expect(bouncy.suppress(bad)).rejects.toThrow('[bouncy/core] address: ')
    expect(await list(bouncy)).toHaveLength(3)
  })

  it.each([
    ['since', { since: 'soon' }],
    ['since', { eventId: 'e' }],
  ])('refuses %s: %j', async (key, more) => {
    await expect(setUp().suppress({ address: to, reason: 'manual', ...more })).rejects.toThrow(
      `[bouncy/core] ${key}: `,
    )
  })
})
