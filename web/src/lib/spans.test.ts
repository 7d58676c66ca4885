import { expect, test } from 'vitest'
import { bodyOffset, byteLength, segments, words } from './spans'

/** The span of some words, as the server counts it. */
function span(text: string, part: string) {
  const from = byteLength(text.slice(0, text.indexOf(part)))
  return { from, to: from + byteLength(part) }
}

test('spans count bytes, also behind letters that take several', () => {
  const text = 'Größe 😀 wann kommt mein Paket?'
  expect(words(text, [span(text, 'wann kommt'), span(text, 'Paket')])).toEqual(['wann kommt', 'Paket'])
  expect(
    segments(text, [span(text, '😀')])
      .map((s) => s.text)
      .join(''),
  ).toBe(text)
})

test('overlapping and touching spans become one', () => {
  expect(
    words('abcdef', [
      { from: 3, to: 5 },
      { from: 1, to: 3 },
      { from: 2, to: 4 },
    ]),
  ).toEqual(['bcde'])
})

test('spans outside the text, empty ones and reversed ones mark nothing', () => {
  const text = 'short'
  for (const s of [
    { from: 50, to: 60 },
    { from: 2, to: 2 },
    { from: 4, to: 1 },
    { from: -5, to: 0 },
  ]) {
    expect(segments(text, [s])).toEqual([{ text, marked: false }])
  }
  expect(words(text, [{ from: 3, to: 99 }])).toEqual(['rt'])
})

test('the body’s spans begin after the subject', () => {
  const subject = 'Où ?'
  const body = 'When does it start?'
  const full = `${subject}\n${body}`
  expect(words(body, [span(full, 'start')], bodyOffset(subject))).toEqual(['start'])
  expect(words(subject, [span(full, 'start')])).toEqual([])
  expect(bodyOffset(undefined)).toBe(0)
})
