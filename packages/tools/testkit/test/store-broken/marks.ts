import { type Breaks, onRecord } from './break.ts'

/** Stores that do something else with marks. */
export const marks: Breaks = {
  'applies the marks of events that were there': onRecord(({ marks }) => ({
    marks: marks.map(({ key, mark }) => ({ key, mark })),
  })),
  'drops marks without an event': onRecord(({ marks }) => ({
    marks: marks.filter((one) => one.eventId !== undefined),
  })),
  'keeps only what suppresses': onRecord(({ marks }) => ({
    marks: marks.filter((one) => one.mark.kind === 'suppress'),
  })),
  'has no room for notes': onRecord(({ marks }) => ({
    marks: marks.map((one) => ({ ...one, mark: { ...one.mark, note: undefined } as never })),
  })),
}
