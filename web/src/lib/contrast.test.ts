import { expect, test } from 'vitest'
import { contrast } from './contrast'

test('contrast as WCAG defines it', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5)
  expect(contrast('#ffffff', '#ffffff')).toBe(1)
  // The grey that just passes for text on white.
  expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2)
})
