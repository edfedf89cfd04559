import { median, ratioOf } from './measure.ts'
import type { Bar, Row } from './report.ts'

/** A row of two series of times, in microseconds. */
export function rowOf(name: string, ours: readonly number[], reference: readonly number[], bar?: Bar): Row {
  return {
    name,
    ours: median(ours),
    reference: median(reference),
    unit: 'µs',
    ratio: ratioOf(ours, reference),
    ...(bar === undefined ? {} : { bar }),
  }
}
