import { expect, test } from 'vitest'
import { noteAbove, offsetTime, turnText, voicesOf } from './talk'

const turn = (from: number, to: number) => ({
  speaker: 'Jan',
  side: 'customer' as const,
  start_ms: 0,
  end_ms: 0,
  span: { from, to },
})

test('the words of a turn are cut at bytes, after a subject and a note', () => {
  // "Ä" is two bytes, the subject and its line break are five.
  const item = { subject: 'Call', text: 'Ärger\n\nJan: schön, ja\nAnna: gut', turns: [turn(18, 28), turn(35, 38)] }
  expect(item.turns.map((t) => turnText(item, t))).toEqual(['schön, ja', 'gut'])
  expect(noteAbove(item)).toBe('Ärger')
  expect(noteAbove({ text: 'Jan: hi', turns: [turn(5, 7)] })).toBe('')
  expect(noteAbove({ text: 'a note', turns: [] })).toBe('')
})

test('times in a talk are as short as they can be', () => {
  expect([0, 5_900, 760_000, 3_723_000].map(offsetTime)).toEqual(['0:00', '0:05', '12:40', '1:02:03'])
})

test('the voices of a file are named once, in their order', () => {
  expect(voicesOf('WEBVTT\n\n<v Anna>Hi</v> <v.loud Jan M.>Yo\n<v Anna>x <v>y <voice z>')).toEqual(['Anna', 'Jan M.'])
})
