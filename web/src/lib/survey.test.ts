import { expect, test } from 'vitest'
import { figure, period, position, scoreTone } from './survey'

test('a figure has its unit', () => {
  expect(figure('csat', 81.6)).toMatch(/^82\s?%$/)
  expect(figure('nps', 30.2)).toBe('+30')
  expect(figure('nps', -0.3)).toBe('0')
  expect(figure('nps', -12)).toMatch(/^[-−]12$/)
  expect(figure('ces', 4.625)).toBe('4.6')
})

test('a figure stands within its scale', () => {
  expect(position('csat', 50)).toBe(0.5)
  expect(position('nps', 0)).toBe(0.5)
  expect(position('ces', 7)).toBe(1)
  expect(position('ces', 0)).toBe(0)
})

test('scores are low, middling or good as the report counts them', () => {
  expect([1, 2, 3, 4, 5].map((s) => scoreTone('csat', s))).toEqual(['danger', 'danger', 'plain', 'success', 'success'])
  expect([0, 6, 7, 8, 9].map((s) => scoreTone('nps', s))).toEqual(['danger', 'danger', 'plain', 'plain', 'success'])
  expect([3, 4, 5].map((s) => scoreTone('ces', s))).toEqual(['danger', 'plain', 'success'])
})

test('a period has so many days, today with it', () => {
  const now = new Date(2026, 2, 30, 23, 30).getTime()
  expect(period(30, now)).toEqual({ from: '2026-03-01', to: '2026-03-30' })
  expect(period(1, now)).toEqual({ from: '2026-03-30', to: '2026-03-30' })
})
