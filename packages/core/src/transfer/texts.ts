/** Characters that are looked at in one go, so that a file that comes in one piece takes no more memory than others. */
const PIECE = 1 << 14

/** A file as text in pieces, without the mark at its beginning that some programs put there. */
export async function* texts(
  source: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>,
): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let begun = false
  for await (const chunk of source) {
    const decoded = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
    if (decoded === '') continue
    const text = begun || !decoded.startsWith('\ufeff') ? decoded : decoded.slice(1)
    begun = true
    for (let start = 0; start < text.length; start += PIECE) yield text.slice(start, start + PIECE)
  }
  const rest = decoder.decode()
  if (rest !== '') yield rest
}
