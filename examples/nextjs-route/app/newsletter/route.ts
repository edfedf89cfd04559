import { getBouncy } from '../../bouncy.ts'

/** `POST /newsletter` with a JSON list of addresses: whom to mail, and whom to leave out. */
export async function POST(request: Request): Promise<Response> {
  const addresses = (await request.json()) as string[]
  const { deliverable, suppressed } = await getBouncy().filterRecipients(addresses)
  const leaveOut = suppressed.map(({ address, reason }) => ({ address, reason }))
  return Response.json({ mail: deliverable, leaveOut })
}
