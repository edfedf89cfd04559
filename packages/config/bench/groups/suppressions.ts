import type { Group } from '../group.ts'
export const suppressions: Group = { name: 'suppressions', about: '', measure: async () => [] }
