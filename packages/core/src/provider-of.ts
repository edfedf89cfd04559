/** The name of the provider that a path asks for: its last segment, a trailing slash and the query aside. */
export function providerOf(url: string): string {
  const [path = ''] = url.split(/[?#]/, 1)
  const bare = path.endsWith('/') ? path.slice(0, -1) : path
  return bare.slice(bare.lastIndexOf('/') + 1)
}
