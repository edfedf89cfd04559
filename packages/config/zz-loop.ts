import fs from 'node:fs'
import inspector from 'node:inspector/promises'
import { requestOf } from '/work/main/packages/config/bench/request.ts'
import { loadSubject } from '/work/main/packages/config/bench/subjects.ts'

const load = (p: string) => import('/work/main/packages/' + p)
const what = process.argv[2] ?? 'ses'
const n = Number(process.argv[3] ?? 20000)
const { createBouncy, memoryStore } = await load('core/dist/index.js')
const name = what.replace(/^(receive|hand)-/, '')
const subject = await loadSubject(name)
const module = await load(`providers/${name}/dist/index.js`)
const provider = subject.provider(module as never, name)
const byHand = subject.reference(name)
const posts = subject.posts(what.startsWith('receive') ? n : 200).map((p) => requestOf(p))
const bouncy = createBouncy({ providers: [provider], store: memoryStore() })
const f: (i: number) => unknown = what.startsWith('hand')
  ? (i) => byHand(posts[i % posts.length]!.body, posts[i % posts.length]!.header)
  : what.startsWith('receive')
    ? (i) => bouncy.receive(name, posts[i % posts.length]!)
    : (i) => {
        const p = provider.verify(posts[i % posts.length]!)
        return p instanceof Promise ? p.then(provider.parse) : provider.parse(p)
      }
const cpu = () => {
  const { user, system } = process.cpuUsage()
  return user + system
}
if (!what.startsWith('receive'))
  for (let i = 0; i < 3000; i++) {
    const p = f(i)
    if (p instanceof Promise) await p
  }
const s = new inspector.Session()
s.connect()
await s.post('Profiler.enable')
await s.post('Profiler.setSamplingInterval', { interval: 100 })
await s.post('Profiler.start')
const t = cpu()
for (let i = 0; i < n; i++) {
  const p = f(i)
  if (p instanceof Promise) await p
}
const per = (cpu() - t) / n
const { profile: p } = await s.post('Profiler.stop')
const nodes = new Map(p.nodes.map((x: any) => [x.id, x]))
const parent = new Map()
p.nodes.forEach((x: any) => (x.children ?? []).forEach((c: number) => parent.set(c, x.id)))
const key = (fr: any) =>
  `${fr.functionName || '(anon)'} ${fr.url.split('/').slice(-2).join('/')}:${fr.lineNumber + 1}`
const self = new Map(),
  inc = new Map()
let total = 0
p.samples.forEach((id: number, i: number) => {
  const d = p.timeDeltas[i]
  total += d
  const k = key((nodes.get(id) as any).callFrame)
  self.set(k, (self.get(k) ?? 0) + d)
  const seen = new Set()
  for (let x: any = id; x !== undefined; x = parent.get(x)) {
    const kk = key((nodes.get(x) as any).callFrame)
    if (!seen.has(kk)) {
      seen.add(kk)
      inc.set(kk, (inc.get(kk) ?? 0) + d)
    }
  }
})
const show = (m: Map<string, number>, c: number) =>
  [...m]
    .sort((a, b) => b[1] - a[1])
    .slice(0, c)
    .forEach(([k, v]) => console.log(((v / total) * per).toFixed(2).padStart(7), k))
console.log('per', per.toFixed(1))
console.log('SELF')
show(self, Number(process.argv[4] ?? 35))
console.log('INCL')
show(inc, Number(process.argv[5] ?? 50))
process.exit(0)
