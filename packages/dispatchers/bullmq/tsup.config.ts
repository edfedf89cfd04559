import { build } from '@bouncy/config/tsup'

export default build()
