import { t } from 'i18next'
import { describe, expect, test } from 'vitest'
import '../i18n'
import type { Interaction, Participant } from '../api/types'
import { capped, didWhat, fileSize, middle, party, percent, plural, repeatDays, sentence } from './words'

test('numbers for people', () => {
  expect(plural(1, 'contact')).toBe('1 contact')
  expect(plural(1234, 'contact')).toBe('1,234 contacts')
  expect(plural(2, 'channel switch', 'channel switches')).toBe('2 channel switches')
  expect(capped(1000)).toBe('999+')
  expect(percent(0.934)).toBe('93 %')
  expect(percent(0.999)).toBe('99 %')
  expect(percent(1)).toBe('100 %')
  expect(percent(0.002)).toBe('< 1 %')
  expect(percent(0)).toBe('0 %')
  expect([999, 1400, 2_500_000].map(fileSize)).toEqual(['999 bytes', '1 kB', '2.5 MB'])
})

test('long ids keep both ends', () => {
  expect(middle('short')).toBe('short')
  expect(middle('a'.repeat(30) + 'z'.repeat(30), 11)).toBe('aaaaa…zzzzz')
})

test('the shortest span of a repeat contact counts', () => {
  expect(repeatDays({ within_7: false, within_14: true, within_30: true })).toBe(14)
  expect(repeatDays({ within_7: false, within_14: false, within_30: false })).toBe(0)
})

test('what happened reads as a sentence', () => {
  expect(didWhat(t, 'message', 'in', 'mail', false)).toBe('wrote by mail')
  expect(didWhat(t, 'message', 'out', 'chat', false)).toBe('answered in chat')
  expect(didWhat(t, 'message', 'out', 'mail', true)).toBe('sent an automatic mail')
  expect(didWhat(t, 'call', 'in', 'phone', false)).toBe('called')
  expect(didWhat(t, 'note', 'internal', 'chat', false)).toBe('wrote an internal note')
  expect(sentence('no_answer')).toBe('No answer')
})

describe('party', () => {
  const item = (
    direction: Interaction['direction'],
    participants: readonly Participant[],
    automatic = false,
  ): Interaction => ({
    id: 'i',
    customer_id: 'c',
    profile_id: 'p',
    conversation_id: 'v',
    journey_id: 'j',
    source: 's',
    external_id: 'x',
    channel: 'phone',
    kind: 'call',
    direction,
    occurred_at: '',
    received_at: '',
    participants,
    text: '',
    has_html: false,
    automatic,
    verified: false,
  })
  const jan = { role: 'from', kind: 'phone', value: '+31612345678', name: 'Jan' } as const
  const sam = { role: 'agent', kind: 'user_id', value: 'sam', name: 'Sam Reyes' } as const

  test('a customer who spoke to a colleague', () => {
    expect(party(item('in', [jan, sam]), 'Jan de Vries', 'Halden')).toEqual({ who: 'Jan', agent: 'Sam Reyes' })
  })
  test('a colleague who answered, and the firm’s own mail', () => {
    expect(party(item('out', [sam]), 'Jan', 'Halden')).toEqual({ who: 'Sam Reyes', agent: '' })
    expect(party(item('out', [], true), 'Jan', 'Halden')).toEqual({ who: 'Halden', agent: '' })
  })
  test('a contact without any name', () => {
    expect(party(item('in', []), '', 'Halden').who).toBe('Unknown')
  })
})
