import { WebhookError } from '@bouncy/core'
import { describe, expect, it } from 'vitest'

describe('WebhookError', () => {
  it('looks at the stack only where the fault may be ours', () => {
    const { stackTraceLimit } = Error
    expect(new WebhookError('topic-not-listed', 'add it').stack).not.toContain('\n')
    expect(new WebhookError('store-failed', 'reach it').stack).toContain(import.meta.filename)
    expect(new WebhookError('address-not-allowed', 'tell it', { status: 503 }).stack).toContain(
      import.meta.filename,
    )
    expect(Error.stackTraceLimit).toBe(stackTraceLimit)
  })

  it('is itself where intrinsics are frozen', () => {
    const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit') as PropertyDescriptor
    Object.defineProperty(Error, 'stackTraceLimit', { ...limit, writable: false })
    try {
      expect(new WebhookError('topic-not-listed', 'add it')).toMatchObject({ status: 403 })
    } finally {
      Object.defineProperty(Error, 'stackTraceLimit', limit)
    }
  })
})
