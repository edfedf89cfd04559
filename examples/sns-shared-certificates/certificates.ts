import type { CertificateCache } from '@bouncy/sns'
import type { RedisClientType } from 'redis'

/**
 * Keeps the signing certificates of SNS in Redis, for all processes. Whoever can write to these keys can forge messages,
 * so let nobody else (an ACL of Redis: `~sns-certificate:*`).
 */
export function redisCertificates(redis: Pick<RedisClientType, 'get' | 'set'>): CertificateCache {
  return {
    get: (url) => redis.get(keyOf(url)),
    set: (url, pem, ttlMs) => redis.set(keyOf(url), pem, { expiration: { type: 'PX', value: ttlMs } }),
  }
}

/** Where the certificate of a URL is kept. */
export const keyOf = (url: string): string => `sns-certificate:${url}`
