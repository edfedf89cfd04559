import { isDeepStrictEqual } from 'node:util'
import type { Group } from '../group.ts'
import { timeInTurn } from '../measure.ts'
import { inTurn, requestOf } from '../request.ts'
import { rowOf } from '../rows.ts'
import { findSubjects } from '../subjects.ts'

/** The bytes of a post to typed events, by every provider. */
export const events: Group = {
  name: 'events',
  about: 'the bytes of a post to typed events',
  async measure({ built, rounds, forMs, progress }) {
    const rows = []
    for (const { name, subject } of await findSubjects()) {
      progress(name)
      const provider = subject.provider(await built.load<never>(subject.package), name)
      const byHand = subject.reference(name)
      const requests = subject.posts(60).map((post) => requestOf(post))
      for (const request of requests) {
        const parsed = provider.parse(await provider.verify(request))
        const same = isDeepStrictEqual(parsed.events, byHand(request.body, request.header))
        if (!same) throw new Error(`${name} and its reference do not make the same events`)
      }
      const [ours, reference] = [inTurn(requests), inTurn(requests)]
      const times = await timeInTurn(
        {
          ours() {
            // one that verifies at once is not made to wait
            const payload = provider.verify(ours())
            return payload instanceof Promise ? payload.then(provider.parse) : provider.parse(payload)
          },
          reference() {
            const { body, header } = reference()
            return byHand(body, header)
          },
        },
        { rounds, forMs },
      )
      rows.push(rowOf(name, times.ours, times.reference, { atMost: 1.1 }))
    }
    return rows
  },
}
