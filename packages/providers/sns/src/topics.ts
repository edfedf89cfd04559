import { emulatedSource, type SnsEmulator } from './emulator.ts'
import { ISOLATED, type IsolatedPartition, PARTITIONS } from './partitions.ts'

/** Where a topic's messages come from. Every URL that is ever requested is built from this, none from a message. */
export interface Source {
  /** `'https://sns.eu-west-1.amazonaws.com'` */
  readonly origin: string
  /** Stands before `SimpleNotificationService-…`. */
  readonly certificateFolder: string
  /** The names of which the certificate has to carry one; `undefined` for an emulator, whose name means nothing. */
  readonly signerNames: readonly string[] | undefined
}

interface TopicsOptions {
  readonly topicArns: readonly string[]
  readonly isolatedPartitions?: readonly IsolatedPartition[] | undefined
  readonly emulator?: SnsEmulator | undefined
}

const ARN = /^arn:(aws[a-z-]*):sns:([a-z0-9-]+):(\d{12}):[A-Za-z0-9_-]{1,256}(?:\.fifo)?$/

/**
 * The listed topics, each with its source; what is not a key of the map is not listed.
 * @throws TypeError what is no topic ARN, or one in a partition that is not allowed
 */
export function readTopics(options: TopicsOptions): ReadonlyMap<string, Source> {
  return new Map(options.topicArns.map((arn, index) => [arn, sourceOf(arn, index, options)]))
}

function sourceOf(arn: string, index: number, options: TopicsOptions): Source {
  const refuse = (remedy: string): TypeError => new TypeError(`[bouncy/sns] topicArns.${index}: ${remedy}`)
  const [, name = '', region = '', account = ''] = ARN.exec(arn) ?? []
  const partition = Object.hasOwn(PARTITIONS, name) ? PARTITIONS[name] : undefined
  if (partition === undefined || !partition.region.test(region)) {
    throw refuse(
      'give the whole ARN of a topic, arn:aws:sns:<region>:<account>:<name>; is the environment variable set?',
    )
  }
  if (isIsolated(name) && options.isolatedPartitions?.includes(name) !== true)
    throw refuse(`add '${name}' to isolatedPartitions`)
  if (options.emulator !== undefined) {
    if (!EMULATED_ACCOUNTS.has(account)) {
      throw refuse(
        'an emulator takes topics of account 000000000000 or 123456789012; leave it out for real ones',
      )
    }
    return emulatedSource(options.emulator)
  }
  const origin = `https://sns.${region}.${partition.suffix}`
  return {
    origin,
    certificateFolder: `${origin}/`,
    signerNames: signerNames(region, partition.suffix, partition.signingRegion),
  }
}

/** What LocalStack and moto give to everybody and AWS to nobody: a real topic can never be emulated by mistake. */
const EMULATED_ACCOUNTS: ReadonlySet<string> = new Set(['000000000000', '123456789012'])

const isIsolated = (name: string): name is IsolatedPartition => (ISOLATED as readonly string[]).includes(name)

/**
 * The names in certificates of SNS: one for the first regions, the region's own since regions are opt-in, and an older
 * form in China, GovCloud and the isolated partitions.
 * @see https://github.com/aws/aws-sdk-java-v2/tree/master/services-custom/sns-message-manager
 */
function signerNames(region: string, suffix: string, signingRegion = region): readonly string[] {
  return [
    'sns.amazonaws.com',
    `sns.${suffix}`,
    `sns-signing.${region}.${suffix}`,
    `sns.${region}.${suffix}`,
    `sns-${signingRegion}.${suffix}`,
  ]
}
