/** The name of the provider that a path asks for: its last segment, a trailing slash and the query aside. */
export function providerOf(url: string): string {
  const end = url.search(QUERY_OR_FRAGMENT)
  const path = end < 0 ? url : url.slice(0, end)
  const bare = path.endsWith('/') ? path.slice(0, -1) : path
  return bare.slice(bare.lastIndexOf('/') + 1)
}

const QUERY_OR_FRAGMENT = /[?#]/
