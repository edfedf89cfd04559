export {
  type BindingCapability,
  type BindingOptions,
  type BindingServer,
  type BindingSetup,
  type StartBinding,
  testBinding,
} from './binding.ts'
export { type Post, toWebhookRequest } from './post.ts'
export {
  type ForgedCase,
  type GenuineCase,
  type MisconfiguredCase,
  type ProviderCases,
  testProvider,
} from './provider.ts'
export { type StoreGroup, type TestStoreOptions, type TransactionProbe, testStore } from './store.ts'
