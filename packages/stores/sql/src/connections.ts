import { AsyncLocalStorage } from 'node:async_hooks'

/** Knows which connection some work has taken from a pool: Kysely does not tell. */
export interface Connections {
  /** Does work, beside which its connection can be ended; one that it takes afterwards ends at once. */
  follow<T>(work: () => Promise<T>): { readonly working: Promise<T>; end(): void }
  /** Is to be called where a connection is asked for. @returns what is told, once it is there, how it is ended */
  asked(): (end: () => void) => void
}

/** Of a database whose connections nobody can end. */
export const unknownConnections: Connections = {
  follow: (work) => ({ working: work(), end() {} }),
  asked: () => () => {},
}

interface Place {
  end: (() => void) | undefined
  over: boolean
}

export function createConnections(): Connections {
  const places = new AsyncLocalStorage<Place>()
  return {
    follow(work) {
      const place: Place = { end: undefined, over: false }
      return {
        working: places.run(place, work),
        end() {
          place.over = true
          place.end?.()
        },
      }
    },
    asked() {
      const place = places.getStore()
      return (end) => {
        if (place?.over) end()
        else if (place !== undefined) place.end = end
      }
    },
  }
}
