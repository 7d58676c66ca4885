import { expect, test } from 'vitest'
import type { Case } from '../../api/desk'
import type { Pages } from '../../api/queries/pages'
import { overlay, settle, withPending } from './pending'
import { advance, type Names, patched, placeCase } from './place'
import { aCase } from './testing'

const at = (id: string, hour: number, more: Partial<Case> = {}) =>
  aCase({ id, waiting_since: `2026-03-01T${String(hour).padStart(2, '0')}:00:00Z`, ...more })
const pages = (next: string, ...lists: readonly (readonly Case[])[]): Pages<Case> => ({
  pages: lists.map((items, i) => ({ items, next: i < lists.length - 1 ? String(i) : next })),
  pageParams: lists.map((_, i) => String(i)),
})
const ids = (p: Pages<Case>) => p.pages.map((x) => (x.items ?? []).map((c) => c.id).join(''))
const all = { queue: 'all' } as const

test('a conversation is put where its order says, across pages', () => {
  const old = pages('', [at('a', 1), at('c', 3)], [at('e', 5)])
  expect(ids(placeCase(old, at('b', 2), all, 'me'))).toEqual(['abc', 'e'])
  expect(ids(placeCase(old, at('d', 4), all, 'me'))).toEqual(['ac', 'de'])
  expect(ids(placeCase(old, at('f', 6), all, 'me'))).toEqual(['ac', 'ef'])
  expect(ids(placeCase(old, at('a', 4), all, 'me'))).toEqual(['c', 'ae'])
})

test('what no longer fits leaves, what lies beyond the loaded pages stays out', () => {
  const old = pages('more', [at('a', 1), at('b', 2)])
  expect(ids(placeCase(old, at('a', 1, { status: 'done' }), all, 'me'))).toEqual(['b'])
  expect(ids(placeCase(old, at('z', 9), all, 'me'))).toEqual(['ab'])
  expect(placeCase(old, at('z', 9, { status: 'done' }), all, 'me')).toBe(old)
})

const names: Names = {
  me: 'me',
  person: (id) => (id === 'ben' ? 'Ben' : ''),
  team: () => 'Billing',
  tag: (id) => ({ id, name: id, colour: '1' }),
}

test('a change shows at once what the server will answer', () => {
  const c = aCase({ tags: [{ id: 'x', name: 'x', colour: '1' }] })
  expect(patched(c, { assignee_id: 'ben' }, names, 0)).toMatchObject({ assignee_id: 'ben', assignee_name: 'Ben' })
  expect(patched(c, { assignee_id: '' }, names, 0)).toMatchObject({ assignee_id: '', assignee_name: '' })
  expect(patched(c, { add_tags: ['y', 'x'], remove_tags: ['x'] }, names, 0).tags?.map((t) => t.id)).toEqual(['y', 'x'])
  const asleep = patched(c, { snoozed_until: '2026-03-02T09:00:00Z' }, names, 0)
  expect(asleep).toMatchObject({ status: 'snoozed', snoozed_until: '2026-03-02T09:00:00Z', reason: '' })
  const awake = patched(asleep, { status: 'todo' }, names, 0)
  expect(awake).toMatchObject({ status: 'todo', reason: 'next' })
  expect(awake.snoozed_until).toBeUndefined()
  expect(patched(c, { status: 'done' }, names, 0).done_at).toBe('1970-01-01T00:00:00.000Z')
})

test('what is under way stays visible whatever is read meanwhile', () => {
  const first = withPending(['c1'], (c) => patched(c, { priority: 3 }, names, 0))
  const second = withPending(['c1'], (c) => patched(c, { assignee_id: 'ben' }, names, 0))
  expect(overlay(aCase())).toMatchObject({ priority: 3, assignee_id: 'ben' })
  settle(first)
  expect(overlay(aCase())).toMatchObject({ priority: 1, assignee_id: 'ben' })
  settle(second)
  expect(overlay(aCase())).toEqual(aCase())
})

test('after closing, the next one that is still there', () => {
  const order = ['a', 'b', 'c', 'd']
  expect(advance(order, 'b', new Set(['b']), 'next')).toBe('c')
  expect(advance(order, 'b', new Set(['b', 'c']), 'next')).toBe('d')
  expect(advance(order, 'd', new Set(['d']), 'next')).toBe('c')
  expect(advance(order, 'b', new Set(['b']), 'previous')).toBe('a')
  expect(advance(order, 'a', new Set(['a']), 'previous')).toBe('b')
  expect(advance(order, 'b', new Set(['b']), 'list')).toBe('')
  expect(advance(['a'], 'a', new Set(['a']), 'next')).toBe('')
})
