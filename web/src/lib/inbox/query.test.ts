import { expect, test } from 'vitest'
import type { Case } from '../../api/desk'
import { belongs, compare, fromText, full, parseSearch, toQuery, toText } from './query'
import { aCase } from './testing'

test('an address says only what differs from the default', () => {
  expect(parseSearch({})).toEqual({})
  expect(parseSearch({ queue: 'mine', status: 'todo', sort: 'wait' })).toEqual({})
  expect(parseSearch({ queue: 'team', team: 't1', status: 'done', sort: 'newest', unread: 'true' })).toEqual({
    queue: 'team',
    team: 't1',
    status: 'done',
    unread: true,
  })
  expect(parseSearch({ queue: 'nonsense', status: 7, tag: ['a'], team: 'alone' })).toEqual({})
})

test('who waits longest comes first where it is our turn', () => {
  expect(full({}).sort).toBe('wait')
  expect(full({ status: 'done' }).sort).toBe('newest')
  expect(toQuery({ view: 'v1', breached: true })).toEqual({
    queue: 'mine',
    status: 'todo',
    sort: 'wait',
    breached: true,
  })
})

test('a saved view is the address as text and back', () => {
  const search = parseSearch({ queue: 'all', tag: 'x', breached: true, sort: 'due' })
  expect(toText(search)).toBe('breached=true&queue=all&sort=due&tag=x')
  expect(fromText(toText(search), 'v9')).toEqual({ ...search, view: 'v9' })
})

test('a conversation belongs where the server would put it', () => {
  const mine = aCase({ assignee_id: 'me', tags: [{ id: 'a', name: 'A', colour: '1' }] })
  expect(belongs(mine, {}, 'me')).toBe(true)
  expect(belongs(mine, {}, 'you')).toBe(false)
  expect(belongs(mine, { queue: 'unassigned' }, 'me')).toBe(false)
  expect(belongs(mine, { queue: 'all', tag: 'a' }, 'me')).toBe(true)
  expect(belongs(mine, { queue: 'all', tag: 'b' }, 'me')).toBe(false)
  expect(belongs(mine, { queue: 'all', assignee: 'none' }, 'me')).toBe(false)
  expect(belongs(aCase({ status: 'snoozed' }), { queue: 'all' }, 'me')).toBe(false)
  expect(belongs(aCase({ status: 'snoozed' }), { queue: 'all', status: 'any' }, 'me')).toBe(true)
  expect(belongs(aCase({ merged_into: 'other' }), { queue: 'all', status: 'any' }, 'me')).toBe(false)
})

test('the rest is what no split holds, whatever its status', () => {
  const splits = [{ queue: 'all', channel: 'mail' }, { priority: '3' }, { queue: 'all', rest: true }] as const
  const rest = { queue: 'all', status: 'any', rest: true } as const
  const fits = (more: Partial<Case>) => belongs(aCase(more), rest, 'me', splits)
  expect(fits({ channel: 'mail', status: 'done' })).toBe(false)
  expect(fits({ channel: 'chat' })).toBe(true)
  // A view without a queue is of one's own.
  expect(fits({ channel: 'chat', priority: 3, assignee_id: 'me' })).toBe(false)
  expect(fits({ channel: 'chat', priority: 3, assignee_id: 'you' })).toBe(true)
  expect(belongs(aCase({ channel: 'mail' }), rest, 'me')).toBe(true)
  expect(parseSearch({ queue: 'all', rest: 'true' })).toEqual({ queue: 'all', rest: true })
})

test('orders are total, and what has no time comes last', () => {
  const a = aCase({ id: 'a', waiting_since: '2026-03-01T08:00:00Z', effort: 10 })
  const b = aCase({ id: 'b', waiting_since: '2026-03-01T09:00:00Z', effort: 40 })
  const { waiting_since: _, ...rest } = aCase({ id: 'c' })
  const c: Case = rest
  expect([b, c, a].sort((x, y) => compare('wait', x, y)).map((x) => x.id)).toEqual(['a', 'b', 'c'])
  expect([a, b].sort((x, y) => compare('effort', x, y)).map((x) => x.id)).toEqual(['b', 'a'])
  expect(compare('newest', a, { ...a, id: 'z' })).toBeGreaterThan(0)
  expect(compare('oldest', a, { ...a, id: 'z' })).toBeLessThan(0)
})
