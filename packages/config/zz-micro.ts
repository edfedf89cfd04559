// usage: node micro.ts <what> <n>
import { requestOf } from '/work/main/packages/config/bench/request.ts'
import { loadSubject } from '/work/main/packages/config/bench/subjects.ts'

const load = (p: string) => import('/work/main/packages/' + p)
const what = process.argv[2] ?? 'ses'
const n = Number(process.argv[3] ?? 20000)
const { createBouncy, memoryStore } = await load('core/dist/index.js')
const name = what.replace('receive-', '')
const subject = await loadSubject(name)
const module = await load(`providers/${name}/dist/index.js`)
const provider = subject.provider(module as never, name)
const byHand = subject.reference(name)
const posts = subject.posts(200).map((p) => requestOf(p))
const bouncy = createBouncy({ providers: [provider], store: memoryStore() })
const runs: Record<string, (i: number) => unknown> = {
  ours: async (i) => provider.parse(await provider.verify(posts[i % posts.length]!)),
  hand: (i) => byHand(posts[i % posts.length]!.body, posts[i % posts.length]!.header),
}
if (what.startsWith('receive')) {
  runs['ours'] = (i) => bouncy.receive(name, posts[i % posts.length]!)
}
const cpu = () => {
  const { user, system } = process.cpuUsage()
  return user + system
}
const only = process.argv[4]
for (let r = 0; r < 4; r++)
  for (const [k, f] of Object.entries(runs)) {
    if (only && only !== k) continue
    const t = cpu()
    for (let i = 0; i < n; i++) {
      const p = f(i)
      if (p instanceof Promise) await p
    }
    console.log(r, k, ((cpu() - t) / n).toFixed(1), 'µs')
  }
