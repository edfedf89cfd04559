import { variants } from '@bouncy/config/fuzz'
import { sesMessages } from '@bouncy/ses/testing'
import { expect, test } from 'vitest'
import * as z from 'zod/mini'
import { headerOf, readMessage, readPart, readRecipient } from '../src/wire.ts'

const made = sesMessages()
const PART = Object.assign(
  { newTopicPreferences: {} },
  made.bounce().bounce,
  made.complaint().complaint,
  made.delivery().delivery,
  made.click().click,
  made.subscription({ topics: { news: 'OptIn' } }).subscription,
)

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The same fields in the words of a schema library, which reads them more slowly: both find the same in whatever comes. */
const text = z.catch(z.optional(z.string().check(z.minLength(1))), undefined)
const list = z.catch(z.array(z.unknown()), [])
/** SES has sent it as text, too. */
const milliseconds = z.catch(
  z.optional(z.union([z.number().check(z.nonnegative()), z.string().check(z.regex(/^\d{1,15}$/))])),
  undefined,
)

const header = z.catch(z.object({ name: text, value: text }), {})

const mail = z.object({
  timestamp: text,
  messageId: text,
  source: text,
  destination: list,
  tags: z.catch(z.record(z.string(), z.unknown()), {}),
  headers: list,
  commonHeaders: z.catch(z.object({ from: list, subject: text }), { from: [] }),
})

const message = z.object({
  eventType: text,
  notificationType: text,
  mail: z.catch(mail, () => mail.parse({})),
})

const preferences = z.object({
  unsubscribeAll: z.catch(z.optional(z.boolean()), undefined),
  topicSubscriptionStatus: z.catch(
    z.array(z.catch(z.object({ topicName: text, subscriptionStatus: text }), {})),
    [],
  ),
})
const lenientPreferences = z.catch(preferences, () => preferences.parse({}))

const part = z.object({
  timestamp: text,
  feedbackId: text,
  reportingMTA: text,
  remoteMtaIp: text,
  userAgent: text,
  bounceType: text,
  bounceSubType: text,
  bouncedRecipients: list,
  complainedRecipients: list,
  complaintFeedbackType: text,
  complaintSubType: text,
  arrivalDate: text,
  recipients: list,
  processingTimeMillis: milliseconds,
  smtpResponse: text,
  delayedRecipients: list,
  delayType: text,
  expirationTime: text,
  reason: text,
  errorMessage: text,
  ipAddress: text,
  link: text,
  contactList: text,
  source: text,
  newTopicPreferences: lenientPreferences,
  oldTopicPreferences: lenientPreferences,
})

const recipient = z.object({ emailAddress: text, action: text, status: text, diagnosticCode: text })

test('whatever stands in a field, a post is read as its schema says', () => {
  let count = 0
  for (const variant of variants(made.click({ tags: { campaign: 'a' } }))) {
    expect(readMessage(variant)).toEqual(message.safeParse(variant).data)
    count += 1
  }
  expect(count).toBeGreaterThan(100)
})

test('so is its part', () => {
  for (const variant of variants(PART)) {
    expect(readPart({ bounce: variant }, 'bounce')).toEqual(part.parse(isObject(variant) ? variant : {}))
  }
})

test('so is a recipient', () => {
  const { bouncedRecipients } = made.bounce().bounce as { readonly bouncedRecipients: readonly [unknown] }
  for (const variant of variants(bouncedRecipients[0])) {
    expect(readRecipient(variant)).toEqual(
      recipient.parse(isObject(variant) ? variant : { emailAddress: variant }),
    )
  }
})

test('so is a header among others', () => {
  for (const variant of variants({ name: 'Message-ID', value: '<a@example.com>' })) {
    const headers = [{ name: 'Subject', value: 'b' }, variant, { name: 'message-id', value: 'the second' }]
    const found = headers
      .map((one) => header.parse(one))
      .find(({ name }) => name?.toLowerCase() === 'message-id')
    expect(headerOf({ ...mail.parse({}), headers }, 'message-id')).toBe(found?.value)
  }
})
