import { readJson } from '@bouncy/core/provider'

/** Below these, the sender or whoever wrote the message chooses the names. */
const FREE_FORM = ['headers', 'commonHeaders', 'tags', 'linkTags']

/**
 * What SES wrote, out of the text that was carried; text that is no JSON comes back as it is (setting up sends some).
 *
 * @throws WebhookError `body-malformed`: JSON that is nested too deeply, or that says one thing twice
 */
export function readInner(text: string): unknown {
  try {
    return readJson(text, { freeForm: FREE_FORM })
  } catch (error) {
    if (isJson(text)) throw error
    return text
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
