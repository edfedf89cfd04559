import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { readArguments } from '../bench/arguments.ts'
import { main } from '../bench/main.ts'
import { median, quantile, ratioOf, timeInTurn } from '../bench/measure.ts'
import { isCleared, showTable } from '../bench/report.ts'
import { requestOf } from '../bench/request.ts'
import { findSubjects } from '../bench/subjects.ts'
import { root } from '../check/workspace.ts'
import { UsageError } from '../usage.ts'

const GROUPS = [
  { name: 'verify', about: 'one' },
  { name: 'events', about: 'two' },
]

describe('the arguments', () => {
  it('are all groups and seven rounds, if nothing is said', () => {
    expect(readArguments([], GROUPS)).toEqual({
      groups: ['verify', 'events'],
      rounds: 7,
      short: false,
      large: false,
      soak: 0,
    })
  })

  it('choose, in the order of the groups', () => {
    const wanted = readArguments(['events', 'verify', '--short', '--json', 'a.json', '--soak', '10'], GROUPS)
    expect(wanted).toMatchObject({ groups: ['verify', 'events'], rounds: 3, json: 'a.json', soak: 10 })
  })

  it.each([
    [['walk'], 'there is no group walk; there are verify, events'],
    [['--rounds', '0'], '--rounds wants a whole number from 1 to 1000'],
    [['--soak', 'long'], '--soak wants a whole number from 1 to 1440'],
    [['--short', '--large'], '--short and --large cannot both be'],
    [['--json', ''], '--json wants the name of a file'],
  ])('%j: %s', (args, message) => {
    expect(() => readArguments(args, GROUPS)).toThrow(new UsageError(message))
  })

  it('that are not understood end with 2 and one line', async () => {
    let printed = ''
    expect(await main(['--fast'], { write: (text) => (printed += text) })).toBe(2)
    expect(printed).toMatch(/^[^\n]*--fast[^\n]*\n$/)
  })
})

describe('figures', () => {
  it('are what a share of them does not exceed', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
    expect(quantile(hundred, 0.99)).toBe(99)
    expect(quantile([5], 0.99)).toBe(5)
    expect(() => quantile([], 0.5)).toThrow(RangeError)
  })

  it('are medians', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 3])).toBe(2.5)
    expect(() => median([])).toThrow(RangeError)
  })

  it('are compared within a round', () => {
    expect(ratioOf([2, 20, 200], [1, 10, 50])).toBe(2)
  })

  it('are taken of every task in every round', async () => {
    const calls: string[] = []
    const spin = (name: string) => () => {
      calls.push(name)
      const ends = performance.now() + 1
      while (performance.now() < ends);
    }
    const times = await timeInTurn({ one: spin('one'), other: spin('other') }, { rounds: 3, forMs: 2 })
    expect(times.one).toHaveLength(3)
    expect(times.other).toHaveLength(3)
    expect(new Set(calls)).toEqual(new Set(['one', 'other']))
  })

  it('clear a bar or do not', () => {
    expect(isCleared({ ratio: 1.1, bar: { atMost: 1.1 } })).toBe(true)
    expect(isCleared({ ratio: 0.89, bar: { atLeast: 0.9 } })).toBe(false)
    expect(isCleared({ ratio: 9 })).toBeUndefined()
  })
})

test('the table is aligned, and says what clears its bar', () => {
  let printed = ''
  const row = { group: 'events: all', unit: 'µs', reference: 10 }
  showTable({ write: (text) => (printed += text) }, [
    { ...row, name: 'one', ours: 9, ratio: 0.9, bar: { atMost: 1.1 } },
    { ...row, name: 'the other', ours: 1_234, ratio: 123.4, bar: { atMost: 1.1 }, note: 'why' },
    { ...row, name: 'a third', ours: 5, ratio: 0.5 },
  ])
  expect(printed.split('\n')).toEqual([
    '',
    'events: all',
    '              ours  reference  unit   ratio    bar',
    '✓ one         9.00       10.0  µs      0.90  ≤ 1.1',
    '✗ the other  1,234       10.0  µs    123.40  ≤ 1.1  why',
    '  a third     5.00       10.0  µs      0.50',
    '',
    '1 of 2 bars cleared',
    '',
  ])
})

describe('a reference does the work of the provider', async () => {
  const subjects = await findSubjects()

  it('there is one for each', () => {
    expect(subjects.map(({ name }) => name)).toEqual(['mailgun', 'postmark', 'resend', 'sendgrid', 'ses'])
  })

  it.each(subjects)('$name', async ({ name, subject }) => {
    const sources = join(root, 'packages/providers', name, 'src/index.ts')
    const provider = subject.provider((await import(sources)) as never, 'account')
    const byHand = subject.reference('account')
    const ids = new Set<string>()
    for (const post of subject.posts(40)) {
      const request = requestOf(post)
      const { events } = provider.parse(await provider.verify(request))
      expect(events).toHaveLength(1)
      expect(byHand(request.body, request.header), name).toEqual(events)
      ids.add(events[0]?.id ?? '')
    }
    expect(ids.size).toBe(40)
  })

  it.each(subjects)('$name refuses what is forged', ({ subject }) => {
    const byHand = subject.reference('account')
    const stranger = requestOf({
      headers: {},
      body: subject.posts(1)[0]?.body.replace(/"[a-f\d]{9}/, '"0') ?? '',
    })
    expect(() => byHand(stranger.body, stranger.header)).toThrow()
  })
})
