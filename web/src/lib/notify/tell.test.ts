import { describe, expect, test } from 'vitest'
import type { NotificationChoices } from '../../api/desk'
import type { Notice } from '../../api/queries/notifications'
import { aCase } from '../inbox/testing'
import { isQuiet, newSince, ways } from './tell'

const choices: NotificationChoices = {
  browser: true,
  sound: true,
  mail: 'off',
  kinds: {},
  quiet: { from: '', to: '' },
}
const notice = (more: Partial<Notice> = {}): Notice => ({
  id: 'c1',
  kind: 'mention',
  kinds: ['mention'],
  author: 'Olga',
  count: 1,
  at: '2026-03-02T10:00:00Z',
  unread: true,
  case: aCase({ id: 'c1' }),
  ...more,
})
const here = { hidden: true, permitted: true, open: '', zone: 'UTC', now: Date.parse('2026-03-02T10:00:00Z') }

test('quiet hours run over midnight, in the time zone of the person', () => {
  const night = { ...choices, quiet: { from: '19:00', to: '07:30' } }
  const at = (iso: string, zone: string) => isQuiet(night, zone, Date.parse(iso))
  expect(at('2026-03-02T06:29:00Z', 'Europe/Berlin')).toBe(true)
  expect(at('2026-03-02T06:30:00Z', 'Europe/Berlin')).toBe(false)
  expect(at('2026-03-02T18:00:00Z', 'Europe/Berlin')).toBe(true)
  expect(at('2026-03-02T18:00:00Z', 'UTC')).toBe(false)
  expect(isQuiet(choices, 'UTC', here.now)).toBe(false)
})

test('only what is newer than what was known is new', () => {
  const known = new Map([['c1', '2026-03-02T10:00:00Z']])
  expect(newSince(known, [notice()])).toEqual([])
  expect(newSince(known, [notice({ at: '2026-03-02T10:00:01Z' })])).toHaveLength(1)
  expect(newSince(known, [notice({ id: 'c2' })])).toHaveLength(1)
  expect(newSince(known, [notice({ id: 'c2', unread: false })])).toEqual([])
})

describe('how somebody is told', () => {
  test('the browser only while the tab is hidden and it was allowed', () => {
    expect(ways(notice(), choices, here).browser).toBe(true)
    expect(ways(notice(), choices, { ...here, hidden: false }).browser).toBe(false)
    expect(ways(notice(), choices, { ...here, permitted: false }).browser).toBe(false)
    expect(ways(notice(), { ...choices, browser: false }, here).browser).toBe(false)
  })
  test('no sound for the conversation that is looked at', () => {
    expect(ways(notice(), choices, { ...here, hidden: false, open: 'c1' }).sound).toBe(false)
    expect(ways(notice(), choices, { ...here, hidden: false, open: 'c2' }).sound).toBe(true)
    expect(ways(notice(), choices, { ...here, open: 'c1' }).sound).toBe(true)
  })
  test('a kind that is switched off, and quiet hours, tell nothing', () => {
    const off = { ...choices, kinds: { mention: { console: true, browser: false, mail: true, sound: false } } }
    expect(ways(notice(), off, here)).toEqual({ browser: false, sound: false })
    const night = { ...choices, quiet: { from: '09:00', to: '11:00' } }
    expect(ways(notice(), night, here)).toEqual({ browser: false, sound: false })
  })
})
