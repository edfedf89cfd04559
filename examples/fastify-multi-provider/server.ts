import { createApp } from './app.ts'

const {
  DATABASE = 'bouncy.db',
  PORT = '3000',
  SHOP_TOPIC_ARN = '',
  NEWS_TOPIC_ARN = '',
  POSTMARK_HOOK = '',
} = process.env

const { app, bouncy } = createApp({
  database: DATABASE,
  topicArns: { shop: SHOP_TOPIC_ARN, news: NEWS_TOPIC_ARN },
  postmarkPassword: POSTMARK_HOOK,
  logger: true,
})
bouncy.on('bounce', ({ provider, bounceType, recipient, diagnostic }) =>
  console.log('bounce', provider, bounceType, recipient, diagnostic),
)

const origin = await app.listen({ port: Number(PORT) })
console.log(`POST ${origin}/webhooks/ses-shop, /ses-news or /postmark`)
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void app.close())
