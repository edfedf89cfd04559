import { createApp } from './app.ts'

const { DATABASE = 'bouncy.db', PORT = '3000', TOPIC_ARN = '', POSTMARK_HOOK = '' } = process.env

const { app, bouncy } = createApp({
  database: DATABASE,
  topicArn: TOPIC_ARN,
  postmarkPassword: POSTMARK_HOOK,
})
bouncy.on('bounce', ({ bounceType, recipient, diagnostic }) =>
  console.log('bounce', bounceType, recipient, diagnostic),
)
bouncy.on('complaint', ({ feedbackType, recipient }) => console.log('complaint', feedbackType, recipient))

const server = app.listen(Number(PORT), () =>
  console.log(`POST http://localhost:${PORT}/webhooks/ses or /postmark`),
)
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await bouncy.close()
    server.close()
  })
}
