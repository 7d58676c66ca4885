import { expect, test } from 'vitest'
import { strength } from './password'

test('length counts, and what is easily guessed does not', () => {
  expect(strength('').score).toBe(0)
  expect(strength('short').score).toBe(1)
  expect(strength('aaaaaaaaaaaaaaaa').score).toBe(1)
  expect(strength('password-for-everything').score).toBe(1)
  expect(strength('halden-mobile-2026', ['Halden']).score).toBe(1)
  expect(strength('horse staple').score).toBe(2)
  expect(strength('correct horse st').score).toBe(3)
  expect(strength('correct horse battery staple').score).toBe(4)
})
