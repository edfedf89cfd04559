import type { Group } from '../group.ts'
export const duplicates: Group = { name: 'duplicates', about: '', measure: async () => [] }
