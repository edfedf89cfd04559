// What five providers post, signed as they sign, and the same posts forged.
import { createBouncy } from '@bouncy/core'
import { mailgun } from '@bouncy/mailgun'
import { createMailgunSigner, mailgunSamples } from '@bouncy/mailgun/testing'
import { postmark } from '@bouncy/postmark'
import { postmarkPosts } from '@bouncy/postmark/testing'
import { resend } from '@bouncy/resend'
import { createResendSigner, resendSamples } from '@bouncy/resend/testing'
import { sendgrid } from '@bouncy/sendgrid'
import { createSendgridSigner, sendgridSamples } from '@bouncy/sendgrid/testing'
import { ses } from '@bouncy/ses'
import { sesPosts } from '@bouncy/ses/testing'
import { createSnsSigner } from '@bouncy/sns/testing'

const topicArn = 'arn:aws:sns:us-east-1:111122223333:mail-events'
const credentials = { username: 'hook', password: 'correct horse' }
const amazon = createSnsSigner()
const signers = {
  sendgrid: createSendgridSigner(),
  mailgun: createMailgunSigner(),
  resend: createResendSigner(),
}
const recipient = (name) => `${name}@example.com`
const failed = () => mailgunSamples.permanentFail('bounce', { recipient: recipient('mailgun') })

/** @param {object} options what `createBouncy` takes besides providers */
export function createReceiver(options) {
  return createBouncy({
    providers: [
      ses({ topicArns: [topicArn], fetch: amazon.fetch }),
      // Whoever does not tell the address of the peer is refused.
      postmark({ credentials: [credentials], allowedIps: ['127.0.0.1'] }),
      sendgrid({ publicKeys: [signers.sendgrid.publicKey] }),
      mailgun({ signingKeys: [signers.mailgun.signingKey] }),
      resend({ secrets: signers.resend.secrets }),
    ],
    ...options,
  })
}

/** For each provider what it would post, and what somebody else would. */
export function makeTraffic() {
  const posts = {
    'ses v1': sesPosts({ signer: amazon, topicArn }).bounce({
      recipients: [{ emailAddress: recipient('ses') }],
    }),
    'ses v2': sesPosts({ signer: amazon, topicArn, signatureVersion: '2' }).bounce({
      recipients: [{ emailAddress: recipient('ses') }],
    }),
    postmark: postmarkPosts(credentials).bounce('HardBounce', { Email: recipient('postmark') }),
    sendgrid: signers.sendgrid.post([sendgridSamples.bounce({ email: recipient('sendgrid') })]),
    mailgun: signers.mailgun.post(failed()),
    resend: signers.resend.post(resendSamples.bounced('Permanent/General', { to: [recipient('resend')] })),
  }
  const strangers = {
    postmark: postmarkPosts({ ...credentials, password: 'wrong' }).bounce('HardBounce'),
    mailgun: createMailgunSigner().post(failed()),
  }
  return Object.entries(posts).map(([name, genuine]) => {
    const tampered = { ...genuine, body: genuine.body.replaceAll('@example.com', '@example.org') }
    return { name: name.split(' ')[0], genuine, forged: strangers[name] ?? tampered }
  })
}
