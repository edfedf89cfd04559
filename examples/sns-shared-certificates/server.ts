import type { AddressInfo } from 'node:net'
import { createClient } from 'redis'
import { createApp } from './app.ts'
import { redisCertificates } from './certificates.ts'

const { PORT = '3000', REDIS_URL = 'redis://127.0.0.1:6379', TOPIC_ARN = '' } = process.env

const redis = createClient({ url: REDIS_URL })
redis.on('error', (error) => console.error('redis:', error.message)) // while it is away, certificates come from AWS
await redis.connect()

const server = createApp({
  topicArns: [TOPIC_ARN],
  certificateCache: redisCertificates(redis),
  onMessage: ({ messageId, message }) => console.log(messageId, message),
})
server.listen(Number(PORT), () => {
  console.log(`POST http://localhost:${(server.address() as AddressInfo).port}`)
})
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server.close()
    redis.destroy()
  })
}
