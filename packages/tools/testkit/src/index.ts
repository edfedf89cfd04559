export { type Post, toWebhookRequest } from './post.ts'
export {
  type ForgedCase,
  type GenuineCase,
  type MisconfiguredCase,
  type ProviderCases,
  testProvider,
} from './provider.ts'
