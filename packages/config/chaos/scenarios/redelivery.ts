import { isDeepStrictEqual } from 'node:util'
import { createBouncy, memoryStore } from '@bouncy/core'
import type { MailEvent, Store, Suppression } from '@bouncy/core/store'
import { postmark } from '@bouncy/postmark'
import type { PostmarkPost, PostmarkPosts } from '@bouncy/postmark/testing'
import type { Random } from '../../fuzz/random.ts'
import { allEvents } from '../audit.ts'
import { STORES } from '../open-store.ts'
import type { Result, Scenario } from '../scenario.ts'
import { type Stage, setStage } from '../stage.ts'

/** Every event many times, in any order, many at once. */
export const redelivery: Scenario = {
  name: 'redelivery',
  about: 'every event 1 to 50 times, shuffled, 64 at once: one effect each, the same state for every order',
  stores: STORES,
  async run(run) {
    const stage = await setStage(run, { connections: CONNECTIONS })
    const { receiver, sender, traffic } = stage
    const random = run.random('redelivery')
    const now = Date.now()
    const orders = Math.ceil(run.size.events / storyOf(traffic.postmark, 0, now).length)
    const letters = Array.from({ length: orders }, (_, order) => storyOf(traffic.postmark, order, now)).flat()
    const deliveries = letters.flatMap((letter) =>
      Array<PostmarkPost>(1 + random.below(run.size.copies)).fill(letter),
    )
    shuffle(deliveries, random)

    const url = await receiver.url()
    const faults = new Set<string>()
    let posts = 0
    await Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        for (let post = deliveries.pop(); post !== undefined; post = deliveries.pop()) {
          const { status } = await sender.post(url, { provider: 'postmark', ...post })
          posts += 1
          if (status === 503) deliveries.unshift(post)
          else if (status !== 200) faults.add(`a genuine post was answered ${status}`)
          if (posts % 500 === 0) run.tell(`${posts} posts, ${deliveries.length} left`)
        }
      }),
    )
    await receiver.stop()
    const compared = await compare(stage, letters.length, await expectedState(stage, now), orders)
    return { ...compared, posts, faults: [...compared.faults, ...faults, ...receiver.deaths] }
  },
}

const CONNECTIONS = 64
const HOUR = 3_600_000

/** What happened to three recipients, ten events in the order of their times; the same story for every order. */
function storyOf(posts: PostmarkPosts, order: number, now: number): readonly PostmarkPost[] {
  const begin = now - 20 * 24 * HOUR
  const fields = (name: string, hours: number) => {
    const time = new Date(begin + hours * HOUR).toISOString()
    const address = `${name}${order}@example.com`
    return {
      ID: order * 1_000 + hours,
      MessageID: `order-${order}-${hours}`,
      Email: address,
      Recipient: address,
      BouncedAt: time,
      DeliveredAt: time,
      ChangedAt: time,
    }
  }
  return [
    posts.delivery(fields('full', 0)),
    posts.spamComplaint(fields('angry', 1)),
    posts.delivery(fields('angry', 2)),
    posts.subscriptionChange(fields('wavering', 3)),
    posts.subscriptionChange({ ...fields('wavering', 4), SuppressSending: false, SuppressionReason: null }),
    ...[24, 48, 72, 96, 120].map((hours) => posts.bounce('SoftBounce', fields('full', hours))),
  ]
}

/** What a store in memory makes of one story, told in order. */
async function expectedState({ traffic }: Stage, now: number): Promise<readonly object[]> {
  const store = memoryStore()
  const bouncy = createBouncy({
    providers: [postmark({ credentials: traffic.trust.postmark })],
    store,
    now: () => now,
  })
  for (const { method, headers, body } of storyOf(traffic.postmark, 0, now)) {
    const { status } = await bouncy.receive('postmark', {
      method,
      url: '/webhooks/postmark',
      body: Buffer.from(body),
      header: (name) => headers[name],
    })
    if (status !== 200) throw new Error(`a store in memory answered ${status}`)
  }
  return stateOf(await store.findSuppressions(addressesOf(0)))
}

const addressesOf = (order: number): readonly string[] =>
  ['angry', 'full', 'wavering'].map((name) => `${name}${order}@example.com`)

/** Suppressions without what differs from order to order: the number in the address, and which event it was. */
function stateOf(suppressions: readonly Suppression[]): readonly object[] {
  return suppressions
    .map(({ address, eventId: _, ...rest }) => ({ ...rest, name: address.replace(/\d+@/, '@') }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

async function compare(
  { place, score }: Stage,
  expected: number,
  state: readonly object[],
  orders: number,
): Promise<Omit<Result, 'posts'>> {
  const { store, close } = await place.open()
  try {
    const events = await allEvents(store)
    const ids = new Set(events.map(({ id }) => id))
    const effects = score.effects().map(({ id }) => id)
    const rows = (await place.effects()).map(({ id }) => id)
    const bounces = place.transactional ? events.filter(({ type }) => type === 'bounce') : []
    const different = await differentOrders(store, state, orders)
    const doubles = new Set([...repeated(effects), ...repeated(rows), ...repeated(events.map(identity))])
    const handled = new Set(effects)
    const missing = [...ids].filter((id) => !handled.has(id))
    return {
      events: expected,
      acknowledged: expected,
      lost: Math.max(0, expected - ids.size),
      doubles: doubles.size,
      faults: [
        ...said(ids.size === expected, `${ids.size} events are in the store instead of ${expected}`),
        ...said(effects.length === expected, `handlers had ${effects.length} effects instead of ${expected}`),
        ...said(missing.length === 0, `${missing.length} events had no effect`),
        ...said(
          rows.length === bounces.length,
          `${rows.length} effects were written in transactions instead of ${bounces.length}`,
        ),
        ...said(doubles.size === 0, `${doubles.size} events had more than one effect`),
        ...said(
          different === 0,
          `${different} of ${orders} orders ended in another state than the story told in order`,
        ),
        ...(await place.check()),
      ],
    }
  } finally {
    await close()
  }
}

async function differentOrders(store: Store, state: readonly object[], orders: number): Promise<number> {
  const all = await store.findSuppressions(
    Array.from({ length: orders }, (_, order) => addressesOf(order)).flat(),
  )
  const byOrder = Map.groupBy(all, ({ address }) => Number(/\d+/.exec(address)?.[0]))
  let different = 0
  for (let order = 0; order < orders; order += 1) {
    if (!isDeepStrictEqual(stateOf(byOrder.get(order) ?? []), state)) different += 1
  }
  return different
}

const identity = ({ type, recipient, messageId }: MailEvent): string => `${type} ${recipient} ${messageId}`

function repeated(list: readonly string[]): readonly string[] {
  const seen = new Set<string>()
  return list.filter((one) => seen.size === seen.add(one).size)
}

const said = (holds: boolean, otherwise: string): readonly string[] => (holds ? [] : [otherwise])

function shuffle<T>(list: T[], random: Random): void {
  for (let end = list.length - 1; end > 0; end -= 1) {
    const other = random.below(end + 1)
    ;[list[end], list[other]] = [list[other] as T, list[end] as T]
  }
}
