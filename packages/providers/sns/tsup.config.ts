import { build } from '@bouncy/config/tsup'

// what ./testing has in common with the main entry keeps nothing: each has its own, and the main entry is one file
export default build({ splitting: false })
