import { hash } from 'node:crypto'

/** Stands for an address or a message id in an index: short, and no plaintext. 128 bits of SHA-256. */
export const digest = (text: string): string => hash('sha256', text, 'base64url').slice(0, 22)
