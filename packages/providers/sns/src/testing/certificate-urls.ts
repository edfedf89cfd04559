import { PARTITIONS } from '../partitions.ts'
import { createRandom, type Random } from './random.ts'
import { REGIONS } from './regions.ts'

/** A URL that a message of a topic may name as that of its certificate. */
export interface CertificateUrlCase {
  readonly topicArn: string
  readonly url: string
  /** Whether it is where SNS keeps certificates of the topic's region; no other may ever be requested. */
  readonly genuine: boolean
}

/**
 * Different certificate URLs: first a genuine one for each region of AWS, then ones that try to pass for genuine. The
 * same seed gives the same URLs.
 */
export function* certificateUrls(
  options: { readonly seed?: number; readonly count?: number } = {},
): Generator<CertificateUrlCase, void, undefined> {
  const { seed = 1, count = 2_000 } = options
  const random = createRandom(seed)
  const places = Object.entries(REGIONS).flatMap(([partition, regions]) =>
    regions.map((region) => placeOf(partition, region, random)),
  )
  const seen = new Set<string>()
  for (const { topicArn, url } of places) {
    if (seen.size === count) return
    seen.add(url)
    yield { topicArn, url, genuine: true }
  }
  while (seen.size < count) {
    const place = places[random.below(places.length)]
    if (place === undefined) return
    const url = random.of(TRICKS)(place, random)
    if (seen.has(url)) continue
    seen.add(url)
    yield { topicArn: place.topicArn, url, genuine: false }
  }
}

interface Place {
  readonly topicArn: string
  readonly region: string
  readonly suffix: string
  readonly host: string
  readonly id: string
  /** The genuine one. */
  readonly url: string
}

function placeOf(partition: string, region: string, random: Random): Place {
  const suffix = PARTITIONS[partition]?.suffix ?? ''
  const host = `sns.${region}.${suffix}`
  const id = digits(32, random)
  const topicArn = `arn:${partition}:sns:${region}:111122223333:orders`
  return { topicArn, region, suffix, host, id, url: `https://${host}${pathOf(id)}` }
}

const pathOf = (id: string): string => `/SimpleNotificationService-${id}.pem`

const digits = (length: number, random: Random): string =>
  Array.from({ length }, () => random.below(16).toString(16)).join('')

type Trick = (place: Place, random: Random) => string

/** Puts another host where the genuine one stands. */
const onHost =
  (host: (place: Place, random: Random) => string): Trick =>
  (place, random) =>
    `https://${host(place, random)}${pathOf(place.id)}`

/** Puts another path behind the genuine host. */
const onPath =
  (path: (id: string, random: Random) => string): Trick =>
  ({ host, id }, random) =>
    `https://${host}${path(id, random)}`

const EVIL = [
  'evil.example',
  'evil.example.com',
  '192.0.2.1',
  '[2001:db8::1]',
  'localhost',
  '169.254.169.254',
] as const

/** Characters that some parser drops, folds, decodes or takes for a delimiter; none is a lower-case hexadecimal digit. */
const ODD = [
  ' ',
  '\t',
  '\n',
  '\r',
  '\0',
  '\\',
  '/',
  '//',
  '.',
  '..',
  ':',
  '@',
  '?',
  '#',
  '&',
  '%',
  '%00',
  '%0a',
  '%20',
  '%2e',
  '%2f',
  '%40',
  '%5c',
  ';',
  ',',
  '|',
  '^',
  '<',
  '>',
  '"',
  "'",
  '`',
  '{',
  '}',
  '[',
  ']',
  '~',
  '*',
  'G',
  'Z',
  '_',
  '-',
  '\u00ad',
  '\u200b',
  '\u200d',
  '\u202e',
  '\u2024',
  '\u2044',
  '\u3002',
  '\uff0e',
  '\uff0f',
  '\uff1a',
  '\uff21',
  '\ufeff',
  '\u212a',
  '\u0131',
  '\u0430',
  '\ud800',
] as const

const EDITS: Trick = ({ url }, random) => {
  const at = random.below(url.length + 1)
  const replaced = random.below(2)
  return url.slice(0, at) + random.of(ODD) + url.slice(at + replaced)
}

const otherPlace = (place: Place, random: Random): string => {
  const regions = Object.values(REGIONS)
    .flat()
    .filter((region) => region !== place.region)
  return regions[random.below(regions.length)] ?? ''
}

const otherSuffix = ({ suffix }: Place, random: Random): string => {
  const suffixes = Object.values(PARTITIONS)
    .map((partition) => partition.suffix)
    .filter((other) => other !== suffix)
  return suffixes[random.below(suffixes.length)] ?? ''
}

const TRICKS: readonly [Trick, ...Trick[]] = [
  EDITS,
  EDITS,
  EDITS,
  EDITS,
  // another host that looks like, begins with, ends in or hides behind the genuine one
  onHost((_, random) => random.of(EVIL)),
  onHost(({ host }, random) => `${host}.${random.of(EVIL)}`),
  onHost(({ host }, random) => `${host}@${random.of(EVIL)}`),
  onHost(({ host }, random) => `${random.of(EVIL)}@${host}`),
  onHost(({ host }, random) => `user:pass@${host}:${random.below(65_536)}`),
  onHost(({ host }, random) => `${random.of(EVIL)}/${host}`),
  onHost(({ host }, random) => `${random.of(EVIL)}\\@${host}`),
  onHost(({ host }, random) => `${random.of(EVIL)}?${host}`),
  onHost(({ host }, random) => `${random.of(EVIL)}#${host}`),
  onHost(({ host }, random) => `${random.of(EVIL)}#@${host}`),
  onHost(({ host }, random) => `${host}%2f@${random.of(EVIL)}`),
  onHost(({ host }, random) => `evil${random.below(1_000)}.${host}`),
  onHost(({ host }, random) => `evil${random.below(1_000)}${host}`),
  onHost(({ host }, random) => `${host}${random.of(['.', '..', ':443', ':80', ':8443', ':', '%00', '%20'])}`),
  onHost(({ host }, random) =>
    host.replaceAll('.', random.of(['%2e', '%2E', '\u3002', '\uff0e', '\u2024', '..', '-'])),
  ),
  onHost(({ host }) => host.toUpperCase()),
  onHost(({ host }) => host.replace('s', '\uff53')),
  onHost(({ host }) => host.replace('a', '\u0430')),
  onHost(({ host }) => `xn--${host}`),
  onHost(({ region, suffix }) => `sns-${region}.${suffix}`),
  onHost(({ region, suffix }) => `sns.${region}-${suffix}`),
  onHost(({ suffix }) => `sns.${suffix}`),
  onHost(
    ({ region, suffix }, random) =>
      `${random.of(['s3', 'sqs', 'execute-api', 'snss', 'sns-signing'])}.${region}.${suffix}`,
  ),
  onHost(
    ({ region }, random) =>
      `sns.${region}.${random.of(['amazonaws.co', 'amazonaws.com.evil.example', 'amazonaws.net', 'amaz0naws.com'])}`,
  ),
  onHost(({ suffix }, random) => `sns.evil${random.below(1_000)}.${suffix}`),
  // another region or partition, both of them real
  onHost((place, random) => `sns.${otherPlace(place, random)}.${place.suffix}`),
  onHost((place, random) => `sns.${place.region}.${otherSuffix(place, random)}`),
  // another scheme, or none
  ({ url }, random) =>
    url.replace(
      'https:',
      random.of(['http:', 'HTTPS:', 'Https:', 'ftp:', 'file:', 'ws:', 'data:', 'javascript:', '']),
    ),
  ({ url }, random) =>
    url.replace(
      'https://',
      random.of(['https:/', 'https:', 'https:///', 'https:\\\\', '//', '/', '', 'https://https://']),
    ),
  ({ url }, random) => random.of([' ', '\t', '\n', '\0', '\ufeff', 'url=', '<', '"']) + url,
  ({ url }, random) =>
    url + random.of([' ', '\t', '\n', '\0', '/', '//', '?', '#', ';', '%00', '.', '.pem', '.evil', '\u200b']),
  ({ url }, random) => `${url}?${digits(4, random)}`,
  ({ url }, random) => `${url}#${digits(4, random)}`,
  // another path on the genuine host
  onPath((id, random) => `/${digits(3, random)}/..${pathOf(id)}`),
  onPath(
    (id, random) => `/${random.of(['.', '%2e', '..', '%2e%2e', '/', '\\', digits(2, random)])}${pathOf(id)}`,
  ),
  onPath((id) => pathOf(id.toUpperCase().replace(/^\d*$/, 'A'))),
  onPath((id) => pathOf(id.slice(1))),
  onPath((id, random) => pathOf(id + digits(1 + random.below(8), random))),
  onPath((id, random) => pathOf(`${id.slice(0, -2)}%6${random.below(10)}`)),
  onPath((id, random) =>
    pathOf(id).replace('.pem', random.of(['.PEM', '.Pem', '.crt', '', '.pem.txt', '%2epem', '.p%65m'])),
  ),
  onPath((id, random) =>
    pathOf(id).replace(
      'SimpleNotificationService',
      random.of(['simplenotificationservice', 'Simple', 'SimpleNotificationService%2d', 'Evil']),
    ),
  ),
  onPath((_, random) => `/?Action=Publish&Message=${digits(8, random)}`),
  onPath((_, random) => `/${digits(8, random)}`),
]
