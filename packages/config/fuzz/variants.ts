/** What may stand where something else is documented. */
const ODD: readonly unknown[] = [
  null,
  '',
  ' ',
  'word',
  '0',
  '12345',
  0,
  -1,
  1.5,
  true,
  false,
  [],
  [''],
  ['word'],
  ['word', 7],
  [['word']],
  [null, { name: 'a', value: 'b' }],
  [
    { name: 'a', value: 1 },
    { name: 'word', value: '' },
  ],
  {},
  { word: 'word' },
  { 'a b': 1, c: null },
  JSON.parse('{"__proto__":"word","word":"word"}'),
]

/** An object as it is, and with each value at any depth left out, or something odd in its place. */
export function* variants(sample: unknown): Generator<unknown> {
  yield sample
  yield* ODD
  if (typeof sample !== 'object' || sample === null) return
  for (const [name, value] of Object.entries(sample)) {
    const put = (other: unknown): unknown =>
      Array.isArray(sample) ? sample.with(Number(name), other) : { ...sample, [name]: other }
    for (const other of variants(value)) yield put(other)
    yield put(undefined)
  }
}
