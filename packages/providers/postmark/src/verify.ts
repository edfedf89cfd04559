import { WebhookError, type WebhookRequest } from '@bouncy/core'
import { type BasicCredentials, basicAuth, readJson } from '@bouncy/core/provider'

/** A post as Postmark sent it, except that a number too long for a double is the text of its digits. */
export type PostmarkPayload = Readonly<Record<string, unknown>>

interface Factors {
  readonly credentials: readonly BasicCredentials[]
  readonly allowedIps?: readonly string[] | undefined
}

/** Who knows the credentials and comes from an allowed address is Postmark; the body is read last. */
export function createVerify(factors: Factors): (request: WebhookRequest) => PostmarkPayload {
  const checkCredentials = basicAuth('bouncy/postmark', 'credentials', factors.credentials)
  const checkPeer = factors.allowedIps === undefined ? undefined : peerCheck(factors.allowedIps)
  return (request) => {
    checkCredentials(request)
    checkPeer?.(request)
    return readBody(request.body)
  }
}

/** `BlockList` knows an IPv4 address in its IPv6 spelling too, which is how a dual-stack socket reports a peer. */
function peerCheck(entries: readonly string[]): (request: WebhookRequest) => void {
  // few give addresses, and who gives none need not wait for sockets to be loaded
  const { BlockList, isIP } = globalThis.process.getBuiltinModule('node:net')
  const familyOf = (address: string) => FAMILIES[isIP(address)]
  const allowed = new BlockList()
  for (const [index, entry] of entries.entries()) {
    const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? []
    const family = familyOf(address)
    const longest = family === 'ipv4' ? 32 : 128
    if (family === undefined || Number(prefix ?? 0) > longest)
      throw new TypeError(`[bouncy/postmark] allowedIps.${index}: give an address or a range, 192.0.2.0/24`)
    allowed.addSubnet(address, Number(prefix ?? longest), family)
  }
  return ({ remoteAddress = '' }) => {
    const family = familyOf(remoteAddress)
    if (family !== undefined && allowed.check(remoteAddress, family)) return
    // Postmark drops an event at the first 403. Where the binding tells no peer, the fault is ours: it shall try again.
    const status = family === undefined ? { status: 503 } : {}
    throw new WebhookError('address-not-allowed', '[bouncy/postmark] the peer is none of allowedIps', status)
  }
}

const FAMILIES: Readonly<Record<number, 'ipv4' | 'ipv6'>> = { 4: 'ipv4', 6: 'ipv6' }

function readBody(body: Uint8Array): PostmarkPayload {
  const value = readJson(body, { freeForm: ['Metadata'] })
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new WebhookError('body-malformed', '[bouncy/postmark] the body is not a JSON object')
  return value as PostmarkPayload
}
