/** The partitions of AWS without a way to the internet, which have to be named to be allowed. */
export type IsolatedPartition = 'aws-iso' | 'aws-iso-b' | 'aws-iso-e' | 'aws-iso-f'

export interface Partition {
  /** What its host names end in. */
  readonly suffix: string
  /** A region's name: it becomes a part of a host name, so it is matched whole. */
  readonly region: RegExp
  /** The one region whose name stands in the certificates of all of them. */
  readonly signingRegion?: string
}

/**
 * All partitions, as the SDKs know them.
 * @see https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
 */
export const PARTITIONS: Readonly<Record<string, Partition>> = {
  aws: { suffix: 'amazonaws.com', region: /^(?!cn-)[a-z]{2}-[a-z]+-\d{1,2}$/ },
  'aws-us-gov': {
    suffix: 'amazonaws.com',
    region: /^us-gov-[a-z]+-\d{1,2}$/,
    signingRegion: 'us-gov-west-1',
  },
  'aws-cn': { suffix: 'amazonaws.com.cn', region: /^cn-[a-z]+-\d{1,2}$/ },
  'aws-eusc': { suffix: 'amazonaws.eu', region: /^eusc-[a-z]{2}-[a-z]+-\d{1,2}$/ },
  'aws-iso': { suffix: 'c2s.ic.gov', region: /^us-iso-[a-z]+-\d{1,2}$/ },
  'aws-iso-b': { suffix: 'sc2s.sgov.gov', region: /^us-isob-[a-z]+-\d{1,2}$/ },
  'aws-iso-e': { suffix: 'cloud.adc-e.uk', region: /^eu-isoe-[a-z]+-\d{1,2}$/ },
  'aws-iso-f': { suffix: 'csp.hci.ic.gov', region: /^us-isof-[a-z]+-\d{1,2}$/ },
}

export const ISOLATED: readonly IsolatedPartition[] = ['aws-iso', 'aws-iso-b', 'aws-iso-e', 'aws-iso-f']
