/** This machine lacks something that a scenario needs; the message says what. It fails where nothing may lack. */
export class Missing extends Error {
  override readonly name = 'Missing'
}

/** This machine does not permit what a scenario needs, and nothing can stand in; the message says what. It never fails. */
export class LeftOut extends Error {
  override readonly name = 'LeftOut'
}
