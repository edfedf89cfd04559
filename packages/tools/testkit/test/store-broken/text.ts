import { type Breaks, onJson, onRecord } from './break.ts'

/** Stores that change texts. */
export const text: Breaks = {
  'ends texts at NUL': onJson((json) => JSON.parse(json.replaceAll(/\\u0000[^"\\]*/g, ''))),
  'assigns what it reads': onJson((json) =>
    JSON.parse(json, (_, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(value).reduce<Record<string, unknown>>((copy, [name, part]) => {
            copy[name] = part
            return copy
          }, {})
        : value,
    ),
  ),
  'composes what is decomposed': onJson((json) => JSON.parse(json.normalize('NFC'))),
  'has three bytes for a character': onJson((json) =>
    JSON.parse(json.replaceAll(/[\u{10000}-\u{10ffff}]/gu, '?')),
  ),
  'parses a payload that looks like JSON': onRecord(({ events }) => ({
    events: events.map((one) => {
      const { raw } = one.event
      const looks = typeof raw === 'string' && raw.startsWith('{')
      return looks ? { ...one, event: { ...one.event, raw: JSON.parse(raw) } } : one
    }),
  })),
  'folds the case of ids': onRecord(({ events }) => ({
    events: events.map((one) => ({ ...one, event: { ...one.event, id: one.event.id.toLowerCase() } })),
  })),
  'looks at 255 characters': (store) => ({
    async events({ messageId, ...query }) {
      const page = await store.events(query)
      if (messageId === undefined) return page
      const start = messageId.slice(0, 255)
      return { items: page.items.filter((event) => event.messageId?.slice(0, 255) === start) }
    },
  }),
  'does not see spaces at the end': onRecord(({ marks }) => ({
    marks: marks.map((one) => ({ ...one, key: one.key.replaceAll(' @', '@') })),
  })),
}
