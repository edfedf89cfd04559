import { WebhookError } from '@bouncy/core'

const NAME = 'SimpleNotificationService-'
const ID = /^[0-9a-f]{32}$/
const ID_LENGTH = 32
const SUFFIX = '.pem'

/**
 * The URL of the certificate that a message names: built by us from the folder of its topic and the certificate's id,
 * and only if the message says exactly the same. Nothing of the given text is parsed as a URL.
 *
 * @throws WebhookError `certificate-url-refused`
 */
export function certificateUrl(folder: string, given: string): string {
  const id = given.slice(-SUFFIX.length - ID_LENGTH, -SUFFIX.length)
  const url = `${folder}${NAME}${id}${SUFFIX}`
  if (!ID.test(id) || given !== url) {
    throw new WebhookError(
      'certificate-url-refused',
      "[bouncy/sns] SigningCertURL is not where SNS keeps certificates in the topic's region",
    )
  }
  return url
}
