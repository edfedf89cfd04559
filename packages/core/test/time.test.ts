import { eventTime, readTime } from '@bouncy/core/provider'
import { describe, expect, it } from 'vitest'

describe('readTime', () => {
  it.each([
    ['2012-05-25T14:59:38.623-07:00', '2012-05-25T21:59:38.623Z'],
    ['2016-04-27T16:28:50.3963933-04:00', '2016-04-27T20:28:50.396Z'],
    ['2025-01-09 14:17:29.059104+00', '2025-01-09T14:17:29.059Z'],
    ['2022-09-02T14:32:30Z', '2022-09-02T14:32:30.000Z'],
    ['2022-09-02T14:32:30.9999Z', '2022-09-02T14:32:30.999Z'],
    ['2022-09-02T14:32:30 +0200', '2022-09-02T12:32:30.000Z'],
    [' 2022-09-02T14:32:30Z', '2022-09-02T14:32:30.000Z'],
    ['2022-09-02 14:32', '2022-09-02T14:32:00.000Z'],
    ['2022-09-02T14:32:30', '2022-09-02T14:32:30.000Z'],
    ['2022-09-02T14:32:30 UTC', '2022-09-02T14:32:30.000Z'],
  ])('%s', (text, iso) => {
    expect(readTime(text)).toBe(iso)
  })

  it.each([
    '',
    'yesterday',
    '2022-13-02T14:32:30Z',
    '2022-09-02T25:00:00Z',
    '2022',
    1662129150,
    null,
    undefined,
    {},
  ])('does not guess at %j', (value) => {
    expect(readTime(value)).toBeUndefined()
  })

  it('knows every day of a year, of a leap year, and none besides', () => {
    for (const year of [2023, 2024]) {
      for (let month = 0; month <= 13; month += 1) {
        for (let day = 0; day <= 32; day += 1) {
          const [mm, dd] = [month, day].map((number) => String(number).padStart(2, '0'))
          const written = `${year}-${mm}-${dd}T14:32:30.123Z`
          const asPostgres = `${year}-${mm}-${dd} 14:32:30.123456+00`
          const there = new Date(Date.UTC(year, month - 1, day))
          const exists = there.getUTCMonth() === month - 1 && there.getUTCDate() === day
          for (const one of [written, asPostgres])
            expect(readTime(one), one).toBe(exists ? written : undefined)
        }
      }
    }
  })

  it('takes the first readable candidate, else leaves it to the inbox', () => {
    expect(eventTime(null, 'x', '2022-09-02T14:32:30Z')).toEqual({ timestamp: '2022-09-02T14:32:30.000Z' })
    expect(eventTime()).toEqual({ timestamp: '', timestampFrom: 'receipt' })
  })
})
