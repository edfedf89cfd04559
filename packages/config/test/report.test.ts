import { expect, test } from 'vitest'
import { runChecks } from '../check/report.ts'

test('one aligned line a check, the output of what fails, and the count', async () => {
  let printed = ''
  const failed = await runChecks(
    [
      {
        name: 'types',
        async run(note) {
          note('one of them is not tried')
          return []
        },
      },
      { name: 'boundaries', run: async () => ['a → b\n', 'c → d'] },
      { name: 'sizes', run: () => Promise.reject('not built') },
    ],
    { write: (text) => (printed += text) },
  )
  expect(printed.replace(/\d+\.\d s/g, 'N s')).toBe(
    [
      '✓ types          N s',
      '    one of them is not tried',
      '✗ boundaries     N s',
      '    a → b',
      '    c → d',
      '✗ sizes          N s',
      '    not built',
      '',
      '1 passed, 2 failed',
      '',
    ].join('\n'),
  )
  expect(failed).toBe(2)
})

test('a terminal sees what is running', async () => {
  let printed = ''
  await runChecks([{ name: 'types', run: async () => [] }], {
    isTTY: true,
    write: (text) => (printed += text),
  })
  expect(printed).toMatch(/^… types +0\.0 s\r/)
})
