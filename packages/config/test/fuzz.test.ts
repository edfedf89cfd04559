import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readArguments } from '../fuzz/arguments.ts'
import { target } from '../fuzz/broken.ts'
import { type Run, runFleet } from '../fuzz/fleet.ts'
import { main } from '../fuzz/main.ts'
import { readObject } from '../fuzz/oracle.ts'
import { showPost } from '../fuzz/post.ts'
import { BATCH, runBatch, seriesOf } from '../fuzz/run-cases.ts'
import { type FoundTarget, findTargets } from '../fuzz/targets.ts'
import { UsageError } from '../usage.ts'

const broken: FoundTarget = {
  name: 'broken',
  file: fileURLToPath(new URL('../fuzz/broken.ts', import.meta.url)),
  modes: Object.keys(target),
}

function run(mode: string, more: Partial<Run> = {}) {
  const run = { file: broken.file, name: 'broken', mode, seed: 7, cases: 300, threads: 1, until: Infinity }
  return runFleet({ ...run, ...more })
}

/** Runs the command on the broken targets. */
async function command(...args: readonly string[]) {
  let printed = ''
  const out = { write: (text: string) => (printed += text) }
  const code = await main(args, { out, targets: [broken] })
  return { code, printed }
}

test('a sound provider gives no finding, and is not merely refusing', async () => {
  const { findings, statuses } = await run('mutations', { cases: 2 * BATCH, threads: 2 })
  expect(findings).toEqual([])
  expect([...statuses.values()].reduce((a, b) => a + b)).toBe(2 * BATCH)
  expect(statuses.get(200)).toBeGreaterThan(100)
  expect(statuses.get(403)).toBeGreaterThan(100)
})

describe('is found', () => {
  test.each([
    ['unchecked', 'accepted, but nobody signed it', {}],
    ['throwing', expect.stringMatching(/^verify threw SyntaxError/), {}],
    ['misshapen', expect.stringMatching(/^event\.tags: /), {}],
    ['slow', 'took more than 1000 ms of computing', { cases: 48 }],
    ['stuck', 'did not end within 1000 ms', { stuckAfterMs: 1_000 }],
    ['exiting', 'ended the process with exit code 3', {}],
    ['forgetful', expect.stringMatching(/^left a rejection unhandled: WebhookError/), {}],
    ['calling', 'a request went to a place that configuration does not name', {}],
    ['polluting', 'every object inherits something new', {}],
  ] as const)('what is %s: %s', async (mode, fault, more) => {
    const { findings } = await run(mode, more)
    expect(findings).toContainEqual({ case: expect.any(Number), fault, name: expect.any(String) })
  })
})

describe('the reader that judges the readers', () => {
  const options = { freeForm: ['tags'], maxDepth: 3 }

  test.each(['{"a":1,"b":{"a":"a:"}}', '{"tags":{"a":1,"a":2},"b":"{\\"b\\":[[[[[["}', '{"a":[[]]}'])(
    'takes %s',
    (text) => {
      expect(readObject(text, options)).toEqual(JSON.parse(text))
      expect(readObject(Buffer.from(text), options)).toEqual(JSON.parse(text))
    },
  )

  test.each([
    '{"a":1,"a":1}',
    '{"a":1,"\\u0061" :2}',
    '{"b":[{"a":1,"c":{},"a":2}]}',
    '{"tags":{},"b":{"a":1,"a":2}}',
    '{"a":[[[]]]}',
    '\ufeff{}',
    '[]',
    'null',
    '{',
    '',
  ])('refuses %s', (text) => {
    expect(readObject(text, options)).toBeUndefined()
  })

  test('refuses what is no UTF-8', () => {
    expect(readObject(Buffer.from('{"a":"\xff"}', 'latin1'))).toBeUndefined()
  })
})

describe('a seed', () => {
  async function cases(seed: number, batch = 0): Promise<readonly string[]> {
    const shown: string[] = []
    for await (const outcome of runBatch(seriesOf(target, 'broken', 'mutations', seed), batch, 200))
      shown.push(`${outcome.case.name}\n${showPost(outcome.case.post)}`)
    return shown
  }

  test('gives the same cases again, and others in the next batch', async () => {
    const first = await cases(1)
    expect(await cases(1)).toEqual(first)
    expect(await cases(1, 1)).not.toEqual(first)
    expect(new Set(first).size).toBeGreaterThan(150)
  })

  test('other than that gives others', async () => {
    expect(await cases(2)).not.toEqual(await cases(1))
  })

  test('gives the same cases to every provider of the repository, signatures included', async () => {
    // signatures of ECDSA are made with chance, so that those of SendGrid cannot be repeated
    const repeatable = (await findTargets()).filter(({ name }) => name !== 'sendgrid')
    expect(repeatable.map(({ name }) => name)).toEqual(expect.arrayContaining(['postmark', 'ses', 'sns']))
    for (const { name, file, modes } of repeatable) {
      const { target: found } = await import(file)
      for (const mode of modes) {
        const [one, two] = [0, 1].map(() => [...seriesOf(found, name, mode, 3).batch(0)].slice(0, 50))
        expect(one).toEqual(two)
        expect(one).toHaveLength(50)
      }
    }
  })
})

describe('the command', () => {
  test('prints the seed first, each fault once with the line that replays it, and a summary', async () => {
    const { code, printed } = await command('broken', '--mode', 'calling', '--cases', '1500', '--seed', '42')
    expect(code).toBe(1)
    expect(printed).toMatch(/^seed 42\n/)
    expect(printed.match(/pnpm fuzz .*/g)).toEqual(['pnpm fuzz broken --mode calling --seed 42 --case 0'])
    expect(printed).toMatch(/^✗ broken {2}calling +1,500 +[\d,]+/m)
  })

  test('replays a printed case by the line printed with it', async () => {
    const { printed } = await command('broken', '--mode', 'unchecked', '--cases', '1500', '--seed', '42')
    const [, line = ''] = /pnpm fuzz (.*)/.exec(printed) ?? []
    const again = await command(...line.split(' '))
    expect(again.code).toBe(1)
    expect(again.printed).toContain(`pnpm fuzz ${line}`)
    expect(again.printed).toContain('accepted, but nobody signed it')
    expect(again.printed).toMatch(/^case \d+: .+\nto broken from /m)
  })

  test('shows a case that never ends, too', async () => {
    const { findings } = await run('stuck', { stuckAfterMs: 1_000 })
    const { report } = await run('stuck', { stuckAfterMs: 1_000, only: findings[0]?.case ?? 0 })
    expect(report).toMatch(/^case \d+: .+\nto broken from /)
  })

  test('exits with 0 where nothing is found, after the time that it was given', async () => {
    const started = Date.now()
    const { code, printed } = await command('--mode', 'mutations', '--seconds', '1', '--seed', '5')
    expect(code).toBe(0)
    expect(Date.now() - started).toBeLessThan(10_000)
    expect(printed).toMatch(/^✓ broken {2}mutations/m)
  })

  test.each([
    [['nobody'], 'there is no target nobody; there are broken'],
    [['--mode', 'none'], 'no target has a mode none'],
    [['--cases', '1e3'], '--cases wants a whole number from 1'],
    [['--seed', '-1'], "Option '--seed"],
    [['--case', '3'], '--case wants the --seed'],
    [['--speed', '3'], "Unknown option '--speed'"],
  ])('says what to write instead of %j', async (args, message) => {
    const { code, printed } = await command(...args)
    expect(code).toBe(2)
    expect(printed).toContain(message)
    expect(printed).toContain('pnpm fuzz [target…]')
  })
})

test('without arguments it is a short run of everything', () => {
  const wanted = readArguments([], [broken], () => 9)
  expect(wanted).toMatchObject({ seed: 9, cases: 2_000, seconds: 20 })
  expect(wanted).toMatchObject({ runs: broken.modes.map((mode) => ({ target: broken, mode })) })
  expect(readArguments(['--cases', '5'], [broken], () => 9)).toMatchObject({ cases: 5, seconds: Infinity })
  expect(readArguments(['--seconds', '5'], [broken], () => 9)).toMatchObject({ cases: Infinity, seconds: 5 })
  expect(() => readArguments(['--case', '1', '--seed', '1'], [broken, broken], () => 9)).toThrow(UsageError)
})
