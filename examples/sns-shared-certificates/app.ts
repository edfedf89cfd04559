import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type CertificateCache, createSnsVerifier, isWebhookError, type SnsNotification } from '@bouncy/sns'

export interface AppOptions {
  readonly topicArns: readonly string[]
  readonly certificateCache: CertificateCache
  readonly onMessage: (message: SnsNotification) => void
  /** How Amazon is reached; the test plays Amazon itself. @default the global fetch */
  readonly fetch?: typeof fetch
}

/** The whole application: a server that takes messages of SNS, any number of them beside each other. */
export function createApp({ onMessage, ...options }: AppOptions): Server {
  const sns = createSnsVerifier(options)

  async function take(request: IncomingMessage): Promise<number> {
    try {
      const message = await sns.verify(await bytesOf(request))
      if (message.type === 'SubscriptionConfirmation') await sns.confirm(message)
      if (message.type === 'Notification') onMessage(message)
      return 200
    } catch (error) {
      return isWebhookError(error) ? error.status : 503
    }
  }

  return createServer((request, response) => {
    void take(request).then((status) => response.writeHead(status).end())
  })
}

const LARGEST = 1024 * 1024

async function bytesOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > LARGEST) throw new Error('SNS sends less')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
