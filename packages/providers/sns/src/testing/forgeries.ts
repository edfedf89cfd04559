import { Buffer } from 'node:buffer'
import { isDeepStrictEqual } from 'node:util'
import { type Envelope, signedText } from '../envelope.ts'
import { envelopeOf, type SnsPost } from './post.ts'
import { createRandom, type Random } from './random.ts'

/** A post that says something that was not signed, or says it in a way that was not signed. */
export interface Forgery {
  /** What was done: `'Message: last character dropped'`. */
  readonly name: string
  readonly post: SnsPost
}

/**
 * Forges a genuine post in every way known to have fooled somebody: each signed field and each byte of the signature
 * changed, strings wrapped in other types, fields cut differently out of the same signed text, versions swapped, fields
 * removed, added, repeated and spelt otherwise. The same seed gives the same forgeries; a verifier has to refuse them all.
 *
 * Fields that are not signed are left alone, except for the ones that say how to verify.
 */
export function* forgeries(
  genuine: SnsPost,
  options: { readonly seed?: number; readonly count?: number } = {},
): Generator<Forgery, void, undefined> {
  const { seed = 1, count = 1_000 } = options
  const random = createRandom(seed)
  const envelope: Fields = { ...envelopeOf(genuine) }
  let made = 0
  while (made < count) {
    for (const [name, forged] of oneRound(envelope, random)) {
      if (made === count) return
      if (typeof forged !== 'string' && isDeepStrictEqual(forged, envelope)) continue
      made += 1
      const body = typeof forged === 'string' ? forged : JSON.stringify(forged)
      yield { name, post: { ...genuine, body } }
    }
  }
}

type Fields = Readonly<Record<string, unknown>>
/** What was done, and the new message: its fields, or its text where that is what matters. */
type Forged = readonly [name: string, forged: Fields | string]
type Round = Generator<Forged, void, undefined>

/** Every kind once, with the choices that remain made at random: further rounds make others. */
function* oneRound(genuine: Fields, random: Random): Round {
  yield* changedFields(genuine, random)
  yield* otherTypes(genuine)
  yield* removedAndAdded(genuine, random)
  yield* otherCuts(genuine)
  yield* otherSignatures(genuine, random)
  yield* otherSpellings(genuine)
  yield* otherTexts(genuine, random)
}

const HOW_TO_VERIFY = ['Signature', 'SignatureVersion', 'SigningCertURL']

/** The signed fields that are there. */
function signedFields(genuine: Fields): readonly (readonly [name: string, value: string])[] {
  return Object.entries(genuine).flatMap(([name, value]) =>
    typeof value === 'string' && !HOW_TO_VERIFY.includes(name) && name !== 'UnsubscribeURL'
      ? [[name, value]]
      : [],
  )
}

function* changedFields(genuine: Fields, random: Random): Round {
  const fields = signedFields(genuine)
  for (const [name, value] of fields) {
    for (const [how, changed] of changesOf(value, random)) {
      yield [`${name}: ${how}`, { ...genuine, [name]: changed }]
    }
    for (const [other, otherValue] of fields) {
      yield [`${name} and ${other} exchanged`, { ...genuine, [name]: otherValue, [other]: value }]
    }
  }
  const [name, value] = fields[random.below(fields.length)] ?? ['Message', '']
  const [other, otherValue] = fields[random.below(fields.length)] ?? ['Message', '']
  const twice = { [name]: oneEdit(value, random), [other]: oneEdit(otherValue, random) }
  yield [`${name} and ${other} changed`, { ...genuine, ...twice }]
}

function* changesOf(value: string, random: Random): Generator<readonly [how: string, changed: string]> {
  yield ['one character changed', oneEdit(value, random)]
  yield ['first character dropped', value.slice(1)]
  yield ['last character dropped', value.slice(0, -1)]
  yield ['emptied', '']
  yield ['doubled', value + value]
  yield ['upper case', value.toUpperCase()]
  yield ['lower case', value.toLowerCase()]
  yield ['reversed', [...value].reverse().join('')]
  yield ['composed', value.normalize('NFC')]
  yield ['decomposed', value.normalize('NFD')]
  yield ['compatible', value.normalize('NFKC')]
  yield ['escaped', encodeURIComponent(value.toWellFormed())]
  yield ['replacement characters made lone surrogates', value.replaceAll('\ufffd', '\ud800')]
  for (const extra of [' ', '\n', '\r\n', '\0', '\u200b', '\ufeff', '\ud800', 'a', '\nType\nNotification']) {
    yield [`${JSON.stringify(extra)} put before`, extra + value]
    yield [`${JSON.stringify(extra)} put behind`, value + extra]
  }
}

function oneEdit(value: string, random: Random): string {
  const at = random.below(value.length + 1)
  const put = String.fromCharCode(0x20 + random.below(0x5f))
  return value.slice(0, at) + put + value.slice(at + random.below(2))
}

function* otherTypes(genuine: Fields): Round {
  for (const name of [...signedFields(genuine).map(([field]) => field), ...HOW_TO_VERIFY]) {
    const value = String(genuine[name])
    const wrapped: readonly unknown[] = [
      [value],
      [[value]],
      [value, value],
      Array.from(value),
      { value },
      { toString: value },
      { length: value.length, 0: value },
      null,
      true,
      0,
      1,
      2,
      Number.parseInt(value, 10),
      [],
      {},
    ]
    for (const other of wrapped)
      yield [`${name} as ${JSON.stringify(other).slice(0, 24)}`, { ...genuine, [name]: other }]
  }
}

function* removedAndAdded(genuine: Fields, random: Random): Round {
  for (const name of [...signedFields(genuine).map(([field]) => field), ...HOW_TO_VERIFY]) {
    yield [`${name} removed`, without(genuine, name)]
  }
  const subjects = ['', ' ', 'null', genuine.Message, oneEdit('Subject', random)]
  for (const subject of genuine.Type === 'Notification' ? subjects : []) {
    yield ['Subject added', { ...genuine, Subject: subject }]
  }
  for (const time of ['2001-01-01T00:00:00.000Z', '2901-01-01T00:00:00.000Z', '0', 'now']) {
    yield [`Timestamp ${time}`, { ...genuine, Timestamp: time }]
  }
  for (const type of [
    'Notification',
    'SubscriptionConfirmation',
    'UnsubscribeConfirmation',
    'notification',
    '__proto__',
    'toString',
  ]) {
    const confirmation = { SubscribeURL: 'https://evil.example/', Token: 'token' }
    yield [`Type ${type}`, { ...genuine, Type: type }]
    if (type !== genuine.Type)
      yield [`Type ${type} with its fields`, { ...confirmation, ...genuine, Type: type }]
  }
}

/** The same signed text, taken for other fields: possible where a value holds lines that look like the next field. */
function* otherCuts(genuine: Fields): Round {
  const signed = Object.fromEntries(signedFields(genuine))
  const type = genuine.Type as Envelope['type']
  const lines = signedText({ type, signed }).split('\n').slice(0, -1)
  const required = type === 'Notification' ? NOTIFICATION : CONFIRMATION
  const withSubject = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
  for (const names of type === 'Notification' ? [required, withSubject] : [required]) {
    for (const cut of cuts(lines, names))
      yield ['cut into other fields', { ...without(genuine, 'Subject'), ...cut }]
  }
  for (const [index, name] of required.entries()) {
    const next = required[index + 1] ?? ''
    const swallowed = `${String(genuine[name])}\n${next}\n${String(genuine[next])}`
    yield [`${name} swallows ${next}`, { ...genuine, [name]: swallowed }]
    yield [`${name} swallows ${next}, which is emptied`, { ...genuine, [name]: swallowed, [next]: '' }]
  }
}

const NOTIFICATION = ['Message', 'MessageId', 'Timestamp', 'TopicArn', 'Type']
const CONFIRMATION = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type']

/** Every way to read the lines as these fields, one after the other. */
function* cuts(lines: readonly string[], names: readonly string[]): Generator<Record<string, string>> {
  const [name, next] = names
  if (name === undefined || lines[0] !== name) return
  if (next === undefined) {
    if (lines.length > 1) yield { [name]: lines.slice(1).join('\n') }
    return
  }
  for (let end = 2; end < lines.length; end += 1) {
    if (lines[end] !== next) continue
    for (const rest of cuts(lines.slice(end), names.slice(1)))
      yield { [name]: lines.slice(1, end).join('\n'), ...rest }
  }
}

function* otherSignatures(genuine: Fields, random: Random): Round {
  const base64 = String(genuine.Signature)
  const bytes = Buffer.from(base64, 'base64')
  const put = (name: string, signature: string): Forged => [
    `Signature: ${name}`,
    { ...genuine, Signature: signature },
  ]
  for (const index of bytes.keys()) {
    const changed = Buffer.from(bytes)
    changed[index] = (changed[index] ?? 0) ^ (1 + random.below(255))
    yield put(`byte ${index} changed`, changed.toString('base64'))
  }
  const at = random.below(base64.length)
  yield put(
    'a character changed',
    base64.slice(0, at) + random.of(['A', '/', '=', ' ', '-', '\u0410']) + base64.slice(at + 1),
  )
  for (const space of [' ', '\n', '\r\n', '\t', '\0', '=', '.']) {
    yield put(`${JSON.stringify(space)} inserted`, base64.slice(0, at) + space + base64.slice(at))
    yield put(`${JSON.stringify(space)} put behind`, base64 + space)
  }
  yield put('without padding', base64.replaceAll('=', ''))
  yield put('of the URL alphabet', base64.replaceAll('+', '-').replaceAll('/', '_'))
  yield put(
    'with unused bits set',
    base64.replace(/(.)(=+)$/, (_, last: string, padding: string) => nextDigit(last) + padding),
  )
  yield put('emptied', '')
  yield put('of zeros', Buffer.alloc(bytes.length).toString('base64'))
  yield put('of ones', Buffer.alloc(bytes.length, 0xff).toString('base64'))
  yield put('shortened', bytes.subarray(0, random.below(bytes.length)).toString('base64'))
  yield put('lengthened', Buffer.concat([bytes, Buffer.alloc(1 + random.below(256))]).toString('base64'))
  yield put(
    'with zeros before',
    Buffer.concat([Buffer.alloc(1 + random.below(256)), bytes]).toString('base64'),
  )
  yield put('in hexadecimal', bytes.toString('hex'))
  yield put('encoded twice', Buffer.from(base64).toString('base64'))
  yield put('doubled', base64 + base64)
  for (const version of ['1', '2', '0', '3', '01', '1.0', ' 1', '2 ', '', 'SHA1', '\uff11', 'null']) {
    yield [`SignatureVersion ${version}`, { ...genuine, SignatureVersion: version }]
  }
}

/** The next digit of the base64 alphabet: of the last one, the low bits say nothing. */
function nextDigit(digit: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  return alphabet[alphabet.indexOf(digit) + 1] ?? digit
}

function* otherSpellings(genuine: Fields): Round {
  const evil = 'https://evil.example/SimpleNotificationService-00000000000000000000000000000000.pem'
  yield ['SigningCertUrl besides SigningCertURL', { ...genuine, SigningCertUrl: evil }]
  yield ['SigningCertUrl instead', { ...without(genuine, 'SigningCertURL'), SigningCertUrl: evil }]
  yield [
    'SubscribeUrl besides SubscribeURL',
    { SubscribeURL: 'https://a.example/', ...genuine, SubscribeUrl: evil },
  ]
  yield [
    'UnsubscribeUrl besides UnsubscribeURL',
    { UnsubscribeURL: 'https://a.example/', ...genuine, UnsubscribeUrl: evil },
  ]
  for (const [name, value] of signedFields(genuine)) {
    for (const other of [name.toLowerCase(), name.toUpperCase(), ` ${name}`, `${name}\0`]) {
      yield [`${name} spelt ${JSON.stringify(other)}`, { ...without(genuine, name), [other]: value }]
    }
  }
}

function* otherTexts(genuine: Fields, random: Random): Round {
  const text = JSON.stringify(genuine)
  for (const [name, value] of signedFields(genuine)) {
    const evil = `${JSON.stringify(name)}:${JSON.stringify(oneEdit(value, random))}`
    yield [`${name} given before`, text.replace('{', () => `{${evil},`)]
    yield [`${name} given again`, text.replace(/\}$/, () => `,${evil}}`)]
    const escaped = `"\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}":"evil"`
    yield [`${name} given again, escaped`, text.replace(/\}$/, () => `,${escaped}}`)]
  }
  yield ['in a list', `[${text}]`]
  yield ['in a string', JSON.stringify(text)]
  yield ['in an object', `{"Sns":${text}}`]
  yield ['as a prototype', `{"__proto__":${text}}`]
  yield ['after a byte order mark', `\ufeff${text}`]
  yield ['before something else', `${text}${text}`]
  yield ['broken off', text.slice(0, random.below(text.length))]
}

function without(fields: Fields, name: string): Fields {
  const { [name]: _, ...rest } = fields
  return rest
}
