import { testStore } from '@bouncy/testkit'
import { ClassicLevel } from 'classic-level'
import { levelStore } from './level-store.ts'
import { freshFolder, wordsIn } from './places.ts'

let db = new ClassicLevel(freshFolder())
async function open(folder: string) {
  await db.close()
  db = new ClassicLevel(folder)
  return levelStore(db)
}
const transactions = wordsIn(() => db)

testStore('levelStore', () => open(freshFolder()), { reopen: () => open(db.location), transactions })
