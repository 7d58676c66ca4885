import { afterEach, expect, test } from 'vitest'
import { dayKey, dayTitle, exact, relative, shortDate, timeOfDay } from './time'
import { dayAt, moment, offsetOf, timeZone, typedMoment, wall, zone } from './zone'

afterEach(() => timeZone.set(''))

const iso = (t: number) => new Date(t).toISOString()

test('times, days and words follow the chosen zone, not the machine’s', () => {
  const at = '2026-03-10T23:30:00Z'
  const now = Date.parse('2026-03-11T08:00:00Z')
  timeZone.set('America/New_York')
  expect(timeOfDay(at)).toBe('19:30')
  expect(exact(at)).toMatch(/^Tuesday,? 10 March 2026 at 19:30$/)
  expect(shortDate(at, now)).toBe('10 Mar')
  expect(dayTitle(at, now)).toBe('Yesterday')
  expect(relative(at, now)).toBe('8 h ago')
  timeZone.set('Asia/Tokyo')
  expect(timeOfDay(at)).toBe('08:30')
  expect(dayTitle(at, now)).toBe('Today')
  expect(dayKey(at)).toBe(dayKey('2026-03-11T14:59:00Z'))
  expect(dayKey(at)).not.toBe(dayKey('2026-03-11T15:01:00Z'))
})

test.each([
  ['Europe/Berlin', '2026-03-28T23:30:00Z'],
  ['Europe/Berlin', '2026-10-25T03:30:00Z'],
  ['America/New_York', '2026-03-08T07:30:00Z'],
  ['America/St_Johns', '2026-07-01T02:15:00Z'],
  ['Australia/Lord_Howe', '2026-04-04T16:10:00Z'],
  ['Asia/Kathmandu', '2026-01-01T00:00:00Z'],
  ['Pacific/Kiritimati', '2026-12-31T23:59:00Z'],
  ['', '2026-07-01T02:15:00Z'],
])('%s: what the clocks show at %s is that moment again', (name, at) => {
  timeZone.set(name)
  expect(iso(moment(wall(Date.parse(at)).getTime()))).toBe(new Date(at).toISOString())
})

test('a time that the change to summer time leaves out comes an hour later', () => {
  timeZone.set('Europe/Berlin')
  expect(iso(typedMoment('2026-03-29T02:30'))).toBe('2026-03-29T01:30:00.000Z')
})

test('midnights, hours of other days, and what is typed into a field', () => {
  timeZone.set('America/Sao_Paulo')
  const now = Date.parse('2026-03-31T01:00:00Z')
  expect(iso(dayAt(now))).toBe('2026-03-30T03:00:00.000Z')
  expect(iso(dayAt(now, 2, 9))).toBe('2026-04-01T12:00:00.000Z')
  expect(iso(typedMoment('2026-03-05T15:20'))).toBe('2026-03-05T18:20:00.000Z')
  expect(iso(typedMoment('2026-03-05'))).toBe('2026-03-05T03:00:00.000Z')
  expect(typedMoment('')).toBeNaN()
})

test('a zone that this browser does not know counts as its own, and stays chosen', () => {
  timeZone.set('Moon/Tranquility')
  expect(zone()).toBeUndefined()
  expect(offsetOf(zone(), 0)).toBe(-new Date(0).getTimezoneOffset() * 60_000)
  expect(timeZone.get()).toBe('Moon/Tranquility')
})
