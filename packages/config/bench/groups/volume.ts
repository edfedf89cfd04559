import type { Group } from '../group.ts'
export const volume: Group = { name: 'volume', about: '', measure: async () => [] }
