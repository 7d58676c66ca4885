import { expect, test } from 'vitest'
import { middle, pictureProblem, smallPicture } from './picture'

test('what is no picture, or too large, is told apart', () => {
  expect(pictureProblem({ type: 'image/png', size: 10 << 20 })).toBeUndefined()
  expect(pictureProblem({ type: 'image/png', size: (10 << 20) + 1 })).toBe('large')
  for (const type of ['image/svg+xml', 'application/pdf', 'text/html', ''])
    expect(pictureProblem({ type, size: 10 })).toBe('kind')
})

test('the middle of a wide, a tall and a square picture', () => {
  expect(middle(400, 200)).toEqual([100, 0, 200])
  expect(middle(200, 401)).toEqual([0, 100, 200])
  expect(middle(64, 64)).toEqual([0, 0, 64])
})

test('a file that only says that it is a picture is damaged', async () => {
  expect(await smallPicture(new File(['hello'], 'me.png', { type: 'image/png' }))).toBe('damaged')
})
