import { expressWebhooks } from '@bouncy/express'
import { testBinding } from '@bouncy/testkit'
import express5 from 'express'
import express4 from 'express4'
import { serve } from './server.ts'

// The floor of the peer dependency, and the newest.
for (const [name, express] of [
  ['express 4.18', express4 as unknown as typeof express5],
  ['express 5', express5],
] as const) {
  testBinding(name, (bouncy, { prefix, echo, parser, bodyTimeoutMs }) => {
    const app = express()
    if (parser === 'parses') app.use(express.json())
    if (parser === 'keeps-bytes') {
      app.use(
        express.json({ verify: (request, _, bytes) => void Object.assign(request, { rawBody: bytes }) }),
      )
    }
    app.use(prefix, expressWebhooks(bouncy, bodyTimeoutMs === undefined ? {} : { bodyTimeoutMs }))
    app.post(echo, express.json(), (request, response) => void response.json(request.body))
    return serve(app)
  })
}
