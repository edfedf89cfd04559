import type { Group } from '../group.ts'
export const refusals: Group = { name: 'refusals', about: '', measure: async () => [] }
