import type { Group } from '../group.ts'
export const memory: Group = { name: 'memory', about: '', measure: async () => [] }
