import type { Lease } from './budget.ts'
import { WebhookError } from './error.ts'

/** A body while it arrives. */
export interface BodyBuffer {
  /** @throws WebhookError `body-too-large`, `overloaded` */
  append(chunk: Uint8Array): void
  /** What has arrived so far. */
  bytes(): Uint8Array
  /** Frees the memory now: what is refused is not left to the garbage collector. */
  drop(): void
}

/**
 * Room for a body, growing by doubling with what arrives: what is only declared costs nothing yet, or a few idle
 * connections could use up the budget. One piece of memory and not a list of chunks, because a body that comes byte by
 * byte would cost a hundred times its size as a list.
 *
 * @param owner the package, as it speaks of itself in errors: `'bouncy/node'`
 * @param declared its `Content-Length`, in bytes
 * @throws WebhookError `body-too-large`
 */
export function createBodyBuffer(
  owner: string,
  declared: number | undefined,
  maxBytes: number,
  lease: Lease,
): BodyBuffer {
  let room = new Uint8Array(0)
  let size = 0
  /** All of it, where it came in one piece: that need not be copied. */
  let whole: Uint8Array | undefined
  checkSize(declared ?? 0)

  function checkSize(bytes: number): void {
    if (bytes > maxBytes) {
      throw new WebhookError('body-too-large', `[${owner}] the body has more than ${maxBytes} bytes`)
    }
  }

  /** Makes room for `needed` bytes, and for `generous` ones if the budget has them. */
  function grow(needed: number, generous: number): void {
    checkSize(needed)
    const bytes = [generous, needed].find((size) => size >= needed && lease.take(size - room.byteLength))
    if (bytes === undefined) {
      throw new WebhookError('overloaded', `[${owner}] the bodies under way fill maxBufferedBytes`)
    }
    room = new Uint8Array(room.buffer.transfer(bytes))
  }

  function put(chunk: Uint8Array): void {
    const needed = size + chunk.byteLength
    if (needed > room.byteLength) {
      grow(needed, Math.min(declared ?? maxBytes, room.byteLength * 2))
    }
    room.set(chunk, size)
    size = needed
  }

  return {
    append(chunk) {
      if (size === 0 && whole === undefined && chunk.byteLength === declared && lease.take(declared)) {
        whole = chunk
        return
      }
      if (whole !== undefined) {
        put(whole)
        whole = undefined
      }
      put(chunk)
    },
    bytes: () => whole ?? room.subarray(0, size),
    drop() {
      whole = undefined
      room.buffer.transfer(0)
    },
  }
}
