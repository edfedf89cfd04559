/// <reference path="./punycode.d.ts" />
/** Domains in letters (RFC 3492): loaded only where somebody is to be forgotten. */
export { toUnicode } from 'punycode/punycode.es6.js'
