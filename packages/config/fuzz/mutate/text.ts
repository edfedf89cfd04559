import type { Material } from './json.ts'

/** Changes a text a little, or a lot: what a field may hold. */
export function changeText(text: string, { random, tokens }: Material): string {
  const at = random.below(text.length + 1)
  const to = at + random.below(Math.min(text.length - at, 64) + 1)
  const before = text.slice(0, at)
  const span = text.slice(at, to)
  const after = text.slice(to)
  return random.of<() => string>([
    () => before + random.of(tokens) + span + after,
    () => before + random.of(tokens) + span + after,
    () => before + random.of(tokens) + after,
    () => before + after,
    () => before,
    () => span + after,
    () => before + String.fromCharCode(random.below(0x1_0000)) + span + after,
    () => before + span.repeat(random.of([2, 3, 17, 1_000])) + after,
    () => before + (span || random.of(tokens)).slice(0, 3).repeat(repeats(random.chance(0.02))) + after,
    () => text.toUpperCase(),
    () => text.toLowerCase(),
    () => text.normalize('NFD'),
    () => text.replaceAll('\ufffd', '\ud800'),
    () => [...text].reverse().join(''),
    () => encodeURIComponent(text.toWellFormed()),
    () => random.of(tokens),
  ])()
}

/** Enough that a reader whose time grows with the square of the length is seen to be slow. */
const repeats = (many: boolean): number => (many ? 60_000 : 100)
