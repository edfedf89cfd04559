import { type Breaks, soon } from './break.ts'

/** Stores that cannot be closed. */
export const close: Breaks = {
  'drops what it was asked before': (store) => {
    let closed = false
    return {
      async record(batch) {
        await soon()
        if (closed) throw new Error('closed')
        return store.record(batch)
      },
      async close() {
        closed = true
      },
    }
  },
  'cannot be closed twice': () => {
    let closed = false
    return {
      async close() {
        if (closed) throw new Error('closed')
        closed = true
      },
    }
  },
}
