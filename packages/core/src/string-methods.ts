/*
 * Methods that are called on a text and not looked up on it, in loops over its characters: there are texts of many kinds
 * (cut, joined, of one or two bytes), and where all of them have come by V8 looks a method up anew each time, which makes
 * such a loop three times as long.
 */

export const charCodeAt: typeof String.prototype.charCodeAt = String.prototype.charCodeAt
export const indexOf: typeof String.prototype.indexOf = String.prototype.indexOf
