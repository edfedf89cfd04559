import type { Group } from '../group.ts'
export const post: Group = { name: 'post', about: '', measure: async () => [] }
