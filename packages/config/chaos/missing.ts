/** This machine lacks something that a scenario needs; the message says what. */
export class Missing extends Error {
  override readonly name = 'Missing'
}
