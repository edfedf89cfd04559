/** The part of it that is used; its own types are those of Node's module of this name. */
declare module 'punycode/punycode.es6.js' {
  export function toUnicode(domainOrAddress: string): string
}
