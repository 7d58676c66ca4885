import { expect, test } from 'vitest'
import { timeZone } from '../../lib/zone'
import { parseWhen, presets, shortWhen } from './when-words'

// A Thursday afternoon in Berlin.
const now = new Date('2026-03-05T15:20:00+01:00').getTime()
const local = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toString().slice(0, 21))

test('the usual times, none of which has passed', () => {
  expect(presets(now).map((p) => [p.id, local(p.at)])).toEqual([
    ['later', 'Thu Mar 05 2026 18:00'],
    ['tomorrow', 'Fri Mar 06 2026 09:00'],
    ['week', 'Mon Mar 09 2026 09:00'],
    ['month', 'Sat Apr 04 2026 09:00'],
  ])
  const night = new Date('2026-03-05T22:30:00+01:00').getTime()
  expect(presets(night).map((p) => p.id)).toEqual(['tomorrow', 'week', 'month'])
  const monday = new Date('2026-03-09T08:00:00+01:00').getTime()
  expect(local(presets(monday).find((p) => p.id === 'week')?.at)).toBe('Mon Mar 16 2026 09:00')
})

test('times as people type them', () => {
  expect(local(parseWhen('3h', now))).toBe('Thu Mar 05 2026 18:20')
  expect(local(parseWhen('2 days', now))).toBe('Sat Mar 07 2026 09:00')
  expect(local(parseWhen('fri', now))).toBe('Fri Mar 06 2026 09:00')
  expect(local(parseWhen('thursday', now))).toBe('Thu Mar 12 2026 09:00')
  expect(local(parseWhen('14:30', now))).toBe('Fri Mar 06 2026 14:30')
  expect(local(parseWhen('16:00', now))).toBe('Thu Mar 05 2026 16:00')
  expect(local(parseWhen('24 Dec', now))).toBe('Thu Dec 24 2026 09:00')
  expect(parseWhen('1 Jan 2020', now)).toBeUndefined()
  expect(parseWhen('soon', now)).toBeUndefined()
})

test('the usual and the typed times are those of the chosen zone', () => {
  timeZone.set('America/New_York')
  const iso = (at: number | undefined) => at && new Date(at).toISOString()
  // Twenty past nine in the morning there.
  expect(presets(now).map((p) => [p.id, iso(p.at)])).toEqual([
    ['later', '2026-03-05T17:00:00.000Z'],
    ['evening', '2026-03-05T23:00:00.000Z'],
    ['tomorrow', '2026-03-06T14:00:00.000Z'],
    ['week', '2026-03-09T13:00:00.000Z'],
    ['month', '2026-04-04T13:00:00.000Z'],
  ])
  expect(iso(parseWhen('14:30', now))).toBe('2026-03-05T19:30:00.000Z')
  expect(iso(parseWhen('9:00', now))).toBe('2026-03-06T14:00:00.000Z')
  expect(iso(parseWhen('2026-12-24', now))).toBe('2026-12-24T14:00:00.000Z')
  expect(iso(parseWhen('24 Dec 18:15', now))).toBe('2026-12-24T23:15:00.000Z')
  expect(shortWhen('2026-03-05T23:30:00Z', now)).toBe('18:30')
  timeZone.set('')
})

test('a moment to come, short', () => {
  expect(shortWhen('2026-03-05T18:00:00+01:00', now)).toBe('18:00')
  expect(shortWhen('2026-03-06T09:00:00+01:00', now)).toBe('Fri 09:00')
  expect(shortWhen('2026-04-04T09:00:00+02:00', now)).toBe('4 Apr')
})
