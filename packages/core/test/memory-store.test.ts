import { memoryStore } from '@bouncy/core'
import { testStore } from '@bouncy/testkit'

testStore('memoryStore', memoryStore, {
  skip: { reopen: 'it forgets at exit', transactions: 'memory has none' },
})
