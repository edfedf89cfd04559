import type {
  BatchResultErrorEntry,
  ChangeMessageVisibilityBatchResult,
  DeleteMessageBatchResult,
  Message,
  ReceiveMessageCommandInput,
  ReceiveMessageResult,
} from '@aws-sdk/client-sqs'
import { within } from './deadline.ts'
import type { SqsSettings } from './options.ts'
import type { Pulse } from './pulse.ts'

/** The slice of an `SQSClient` that is used; its commands come from `@aws-sdk/client-sqs` too. */
export interface SqsClient {
  send(command: never, options: { readonly abortSignal: AbortSignal }): Promise<unknown>
}

/** A received message. */
export interface QueueMessage {
  /** The same each time the message is received. */
  readonly id: string
  /** Of this receipt alone: what it is hidden and deleted by. */
  readonly receipt: string
  readonly body: string
  /** 1 for the first time, then counting. */
  readonly received: number
  /** When the queue took it over; ISO 8601. */
  readonly sentAt?: string
}

/** What the queue does not do for some messages of a batch, and says why. */
export type Failures = ReadonlyMap<QueueMessage, { readonly code: string; readonly final: boolean }>

/** A queue; every call is given up after a while, and rejects then. */
export interface Queue {
  /** Waits for messages, at most ten. */
  receive(stop: AbortSignal): Promise<readonly QueueMessage[]>
  /** Deletes up to ten messages. */
  delete(messages: readonly QueueMessage[]): Promise<Failures>
  /** Hides up to ten messages, each for its number of seconds from now. */
  hide(messages: ReadonlyMap<QueueMessage, number>): Promise<Failures>
}

const BATCH = 10
/** What an answer may take, besides the time that the queue waits for messages. */
const ANSWER_MS = 10_000

export function openQueue(
  { client, queueUrl: QueueUrl, waitTimeSeconds, visibilityTimeoutSeconds }: SqsSettings,
  pulse: Pulse,
): Queue {
  async function send<Answer>(
    commandOf: (sdk: Sdk) => object,
    ms = ANSWER_MS,
    stop?: AbortSignal,
  ): Promise<Answer> {
    try {
      // loaded with the first call, so that the program starts without it
      const command = commandOf(await import('@aws-sdk/client-sqs'))
      const answer = await within(ms, stop, (abortSignal) => client.send(command as never, { abortSignal }))
      pulse.answered()
      return answer as Answer
    } catch (error) {
      pulse.failed(error)
      throw error
    }
  }

  return {
    async receive(stop) {
      const input: ReceiveMessageCommandInput = {
        QueueUrl,
        MaxNumberOfMessages: BATCH,
        WaitTimeSeconds: waitTimeSeconds,
        VisibilityTimeout: visibilityTimeoutSeconds,
        MessageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp'],
      }
      const { Messages = [] } = await send<ReceiveMessageResult>(
        ({ ReceiveMessageCommand }) => new ReceiveMessageCommand(input),
        waitTimeSeconds * 1_000 + ANSWER_MS,
        stop,
      )
      return Messages.map(messageOf)
    },
    async delete(messages) {
      const Entries = messages.map(({ receipt }, index) => ({ Id: `${index}`, ReceiptHandle: receipt }))
      const { Failed } = await send<DeleteMessageBatchResult>(
        ({ DeleteMessageBatchCommand }) => new DeleteMessageBatchCommand({ QueueUrl, Entries }),
      )
      return failuresOf(messages, Failed)
    },
    async hide(messages) {
      const Entries = [...messages].map(([{ receipt }, seconds], index) => ({
        Id: `${index}`,
        ReceiptHandle: receipt,
        VisibilityTimeout: seconds,
      }))
      const { Failed } = await send<ChangeMessageVisibilityBatchResult>(
        ({ ChangeMessageVisibilityBatchCommand }) =>
          new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }),
      )
      return failuresOf([...messages.keys()], Failed)
    },
  }
}

type Sdk = typeof import('@aws-sdk/client-sqs')

function messageOf({
  MessageId = '',
  ReceiptHandle = '',
  Body = '',
  Attributes = {},
}: Message): QueueMessage {
  const sent = Number(Attributes.SentTimestamp)
  return {
    id: MessageId,
    receipt: ReceiptHandle,
    body: Body,
    received: Number(Attributes.ApproximateReceiveCount ?? 1),
    ...(sent > 0 ? { sentAt: new Date(sent).toISOString() } : {}),
  }
}

function failuresOf(
  messages: readonly QueueMessage[],
  failed: readonly BatchResultErrorEntry[] = [],
): Failures {
  return new Map(
    failed.flatMap(({ Id, Code = 'unknown', SenderFault = false }) => {
      const message = messages[Number(Id)]
      return message === undefined ? [] : [[message, { code: Code, final: SenderFault }] as const]
    }),
  )
}
