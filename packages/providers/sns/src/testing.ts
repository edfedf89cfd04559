export { type CertificateUrlCase, certificateUrls } from './testing/certificate-urls.ts'
export { type Forgery, forgeries } from './testing/forgeries.ts'
export { envelopeOf, lambdaRecordOf, type SnsEnvelope, type SnsPost } from './testing/post.ts'
export {
  createSnsSigner,
  type SnsConfirmationContent,
  type SnsNotificationContent,
  type SnsSigner,
  type SnsSignerOptions,
} from './testing/signer.ts'
