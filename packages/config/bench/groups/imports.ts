import type { Group } from '../group.ts'
export const imports: Group = { name: 'imports', about: '', measure: async () => [] }
