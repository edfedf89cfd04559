const SIMPLE_DOMAIN = /^(?:[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?\.)*[a-z][a-z0-9-]*[a-z0-9]$/
const DELIMITER = /[\s%/\\?#@:<>[\]|^\p{Cc}]/u
/** The URL parser lets more stand in a host, such as a comma, which a mail program drops. */
const HOST = /^[a-z0-9._-]+$/
const UNQUOTED_FORBIDDEN = /[\s<>()[\]\\,;:@"\p{Cc}]/u
const QUOTED = /^"(?:[^"\\\p{Cc}]|\\\P{Cc})+"$/u
/** With dots in any place: some providers gave out `kim.@…`, which mail programs put in quotes and others do not. */
const NEEDS_NO_QUOTES = /^[^\s<>()[\]\\,;:@"\p{Cc}]+$/u
const ANGLE = /<([^<>]*)>\s*$/
/** With a display name, in characters: twice what RFC 5322 has for a line, and what is looked through in no time. */
const MOST_LENGTH = 2_000

/**
 * The one form in which an address is written to and looked up in the suppression list, or `undefined` for what is
 * no e-mail address. `Name <a@b.example>` is read as `a@b.example`; what names several mailboxes is no address.
 *
 * The local part is kept in NFC (as it is where NFC would turn a non-ASCII character into an ASCII one) and only
 * ASCII A–Z is folded, needless quotes and backslashes are dropped; the domain is UTS-46 ASCII without a trailing dot.
 * Plus tags and dots are kept. Hosts that are numbers, and percent forms, are no addresses (RFC 5321, RFC 6531, UTS-46).
 *
 * @example
 * addressKey('Kim@EXAMPLE.com.') // 'kim@example.com'
 */
export function addressKey(address: string): string | undefined {
  if (typeof address !== 'string') return undefined
  return address.length < 255 && PLAIN.test(address) ? address.toLowerCase() : anyKey(address)
}

/**
 * An address as nearly all are, whose key is the same in lower case: ASCII, with nothing that has to be looked at more
 * closely. One expression, since this is asked of each recipient before each mailing.
 */
const PLAIN = /^[\w.!#$%&'*+/=?^`{|}~-]+@(?:[A-Za-z\d]+(?:-[A-Za-z\d]+)*\.)*[A-Za-z][A-Za-z\d]+$/

function anyKey(address: string): string | undefined {
  if (address.length > MOST_LENGTH) return undefined
  const spec = bareAddress(address)
  if (address.includes('<') && namesOthers(address)) return undefined
  const at = spec.lastIndexOf('@')
  if (at < 1 || at > 256 || spec.length - at > 257 || !spec.isWellFormed()) return undefined
  const local = localKey(spec.slice(0, at))
  const domain = domainKey(spec.slice(at + 1))
  return local === undefined || domain === undefined ? undefined : `${local}@${domain}`
}

/** The addr-spec of a mailbox: display name and angle brackets removed, otherwise untouched (RFC 5322). */
export function bareAddress(mailbox: string): string {
  const angle = mailbox.endsWith('>') || mailbox.includes('<') ? ANGLE.exec(mailbox) : null
  return (angle?.[1] ?? mailbox).trim()
}

/** Whether a mail program would read more than one mailbox here: who is asked about one must not be mailing two. */
function namesOthers(mailbox: string): boolean {
  const name = mailbox.slice(0, mailbox.lastIndexOf('<'))
  const bare = name.replaceAll(/"(?:[^"\\\p{Cc}]|\\.)*"/gu, '').replaceAll(/\([^()\\]*\)/g, '')
  return /[<>()",;:\p{Cc}]/u.test(bare)
}

function localKey(local: string): string | undefined {
  if (QUOTED.test(local)) return foldLocal(leastQuoted(local))
  return UNQUOTED_FORBIDDEN.test(local) ? undefined : foldLocal(local)
}

/** Quotes and backslashes that need not be there make no other mailbox (RFC 5321, section 4.1.2). */
function leastQuoted(quoted: string): string {
  const text = quoted.slice(1, -1).replaceAll(/\\(.)/gsu, '$1')
  return NEEDS_NO_QUOTES.test(text) ? text : `"${text.replaceAll(/["\\]/g, '\\$&')}"`
}

function foldLocal(local: string): string | undefined {
  const composed = turnsAscii(local) ? local : local.normalize('NFC')
  // NFC makes three characters of some, and stores keep up to 510 with the domain
  return composed.length > 256 ? undefined : foldAscii(composed)
}

/** Whether NFC makes an ASCII character of a non-ASCII one (the Kelvin sign becomes K): two people would share a key. */
function turnsAscii(local: string): boolean {
  for (const character of local) {
    if (character > '\u007f' && character.normalize('NFC') < '\u0080') return true
  }
  return false
}

function domainKey(domain: string): string | undefined {
  const lower = foldAscii(domain)
  if (SIMPLE_DOMAIN.test(lower) && !lower.includes('xn--')) return lower.length > 253 ? undefined : lower
  const bare = /[.\u3002\uff0e\uff61]$/.test(lower) ? lower.slice(0, -1) : lower
  if (bare === '' || DELIMITER.test(bare)) return undefined
  let host: string
  try {
    host = new URL(`http://${bare}`).hostname
  } catch {
    return undefined
  }
  const labels = host.split('.')
  const last = labels.at(-1) ?? ''
  const numeric = /^(?:\d+|0x[0-9a-f]*)$/.test(last)
  return numeric || host.length > 253 || labels.includes('') || !HOST.test(host) ? undefined : host
}

function foldAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase())
}
