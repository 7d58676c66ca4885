import { describe, expect, test } from 'vitest'
import { dayKey, dayRange, daysBetween, dayTitle, duration, isSet, relative, shortDate } from './time'

const now = Date.parse('2026-03-10T15:00:00+01:00')

describe('relative', () => {
  test.each([
    ['2026-03-10T14:59:40+01:00', 'now'],
    ['2026-03-10T15:00:30+01:00', 'now'],
    ['2026-03-10T14:55:00+01:00', '5 min ago'],
    ['2026-03-10T12:10:00+01:00', '2 h ago'],
    ['2026-03-10T00:01:00+01:00', '14 h ago'],
    ['2026-03-09T16:00:00+01:00', 'yesterday'],
    ['2026-03-07T09:00:00+01:00', '3 days ago'],
    ['2026-02-01T09:00:00+01:00', '1 Feb'],
    ['2024-02-01T09:00:00+01:00', '1 Feb 2024'],
    ['not a time', ''],
  ])('%s is said as %s', (at, words) => expect(relative(at, now)).toBe(words))

  test('a call before midnight, seen shortly after, was hours ago and not yesterday', () => {
    expect(relative('2026-03-09T22:30:00+01:00', Date.parse('2026-03-10T01:45:00+01:00'))).toBe('3 h ago')
  })
})

test('days are counted on the calendar, also over a change to summer time', () => {
  const before = Date.parse('2026-03-28T23:30:00+01:00')
  const after = Date.parse('2026-03-30T00:30:00+02:00')
  expect(daysBetween(before, after)).toBe(2)
})

test('day headers', () => {
  expect(dayTitle('2026-03-10T01:00:00+01:00', now)).toBe('Today')
  expect(dayTitle('2026-03-09T01:00:00+01:00', now)).toBe('Yesterday')
  expect(dayTitle('2026-03-03T01:00:00+01:00', now)).toMatch(/^Tuesday,? 3 March$/)
  expect(dayTitle('2025-12-03T01:00:00+01:00', now)).toMatch(/^Wednesday,? 3 December 2025$/)
})

test('a day belongs to the viewer’s time zone', () => {
  expect(dayKey('2026-03-09T23:30:00Z')).toBe(dayKey('2026-03-10T08:00:00Z'))
})

test('ranges and lengths', () => {
  expect(dayRange('2026-03-03T09:00:00Z', '2026-03-03T10:00:00Z', now)).toBe(shortDate('2026-03-03T09:00:00Z', now))
  expect(dayRange('2026-03-03T09:00:00Z', '2026-03-14T10:00:00Z', now).replace(/\s/g, '')).toBe('3–14Mar')
  expect([40, 720, 18_000, 86_400, 259_200].map(duration)).toEqual(['40 s', '12 min', '5 h', '1 day', '3 days'])
})

test('Go’s zero time counts as none', () => {
  expect(isSet('0001-01-01T00:00:00Z')).toBe(false)
  expect(isSet(undefined)).toBe(false)
  expect(isSet('2026-03-03T09:00:00Z')).toBe(true)
})
