import { expect, test } from 'vitest'
import { check, texts, WHOLE } from '../../scripts/i18n.mjs'
import { direction, preferred } from './languages'

const all = texts()

test.each(WHOLE)('%s says every text, none that is gone, and fills the same holes', (language) => {
  expect(check(language, all)).toEqual({ lacks: [], stale: [], differs: [] })
})

test('the browser is followed to a language that is whole', () => {
  expect(preferred(['pt-BR', 'en'])).toBe('pt')
  expect(preferred(['ja', 'de-AT'])).toBe('de')
  expect(preferred(['xx'])).toBe('en')
})

test('Arabic runs from right to left', () => {
  expect(direction('ar')).toBe('rtl')
  expect(direction('de')).toBe('ltr')
})
