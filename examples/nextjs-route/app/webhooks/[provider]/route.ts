import { getBouncy } from '../../../bouncy.ts'

/** `POST /webhooks/postmark`: the last segment of the path names the provider. */
export function POST(request: Request): Promise<Response> {
  return getBouncy().fetch(request)
}
