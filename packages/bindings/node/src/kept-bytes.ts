import { types } from 'node:util'
import { declaredLength, type NodeRequest } from './http.ts'

/**
 * The exact bytes of a body that a parser has read, where somebody kept them: what the framework's binding found, then
 * `req.rawBody`, then a `req.body` that was never parsed (`express.raw`). A string is no bytes: it was decoded, and
 * encoding it again may give others. Nor are bytes of another length than the one that was sent.
 */
export function keptBytes(request: NodeRequest, found: unknown): Uint8Array | undefined {
  const { rawBody, body } = request as { readonly rawBody?: unknown; readonly body?: unknown }
  const declared = declaredLength(request)
  return [found, rawBody, body].filter(types.isUint8Array).find((bytes) => {
    return declared === undefined || bytes.byteLength === declared
  })
}
