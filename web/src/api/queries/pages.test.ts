import { describe, expect, test } from 'vitest'
import { flat, type Pages, withHead, withItem } from './pages'

interface Item {
  readonly id: string
  readonly at: number
}
const item = (id: string, at: number): Item => ({ id, at })
const pages = (...all: (readonly Item[])[]): Pages<Item> => ({
  pages: all.map((items, i) => ({ items, next: i === all.length - 1 ? '' : String(i + 1) })),
  pageParams: all.map((_, i) => (i === 0 ? '' : String(i))),
})
const ids = (p: Pages<Item>) => flat(p).map((i) => i.id)
const before = (a: Item, b: Item) => a.at > b.at

test('null pages and repeated rows are read as people expect', () => {
  expect(flat(undefined)).toEqual([])
  expect(flat({ pages: [{ items: null, next: '' }] })).toEqual([])
  expect(ids(pages([item('a', 3), item('b', 2)], [item('b', 2), item('c', 1)]))).toEqual(['a', 'b', 'c'])
})

describe('withHead', () => {
  const old = pages([item('a', 30), item('b', 20)], [item('c', 10), item('d', 5)])

  test('a new row comes in front and nothing is lost behind it', () => {
    expect(ids(withHead(old, { items: [item('new', 40), item('a', 30)], next: 'x' }, before))).toEqual([
      'new',
      'a',
      'b',
      'c',
      'd',
    ])
  })
  test('a row that moved up is not shown twice', () => {
    expect(ids(withHead(old, { items: [item('d', 40), item('a', 30)], next: 'x' }, before))).toEqual([
      'd',
      'a',
      'b',
      'c',
    ])
  })
  test('a row that left the range of the first page is gone', () => {
    expect(ids(withHead(old, { items: [item('b', 20), item('c', 10)], next: 'x' }, before))).toEqual(['b', 'c', 'd'])
  })
  test('reading starts again when so much came that the pages no longer meet', () => {
    expect(ids(withHead(old, { items: [item('x', 90), item('y', 80)], next: 'n' }, before))).toEqual(['x', 'y'])
  })
  test('a last page is the whole list', () => {
    expect(ids(withHead(old, { items: [item('a', 30)], next: '' }, before))).toEqual(['a'])
    expect(ids(withHead(old, { items: null, next: '' }, before))).toEqual([])
  })
})

test('one row is replaced where it is loaded, and only then', () => {
  const old = pages([item('a', 3)], [item('b', 2)])
  expect(flat(withItem(old, item('b', 9)))[1]).toEqual({ id: 'b', at: 9 })
  expect(withItem(old, item('zz', 9))).toBe(old)
})
