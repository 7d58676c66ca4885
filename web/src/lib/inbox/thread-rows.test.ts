// @vitest-environment jsdom
import { expect, test } from 'vitest'
import type { Outgoing, ThreadItem } from '../../api/desk'
import { aMessage, anEvent } from './testing'
import { hasArrived, seenOnce, type ThreadRow, threadRows } from './thread-rows'

const at = (day: number, hour: number, minute = 0) => new Date(Date.UTC(2026, 2, day, hour, minute)).toISOString()
const shape = (rows: readonly ThreadRow[]) =>
  rows.map((r) =>
    r.type === 'message' ? `${r.first ? '' : '+'}${r.key}` : r.type === 'events' ? `e${r.items.length}` : r.type,
  )

test('days, groups of one sender and events in between', () => {
  const agent = [{ kind: 'email', role: 'agent', value: 'ada@x' }]
  const rows = threadRows(
    [
      aMessage({ id: 'a', seq: 1, occurred_at: at(1, 9) }),
      aMessage({ id: 'b', seq: 2, occurred_at: at(1, 9, 5) }),
      anEvent({ id: 'e', at: at(1, 9, 6) }),
      anEvent({ id: 'f', at: at(1, 9, 7) }),
      anEvent({ id: 'g', at: at(1, 9, 7), undone: true }),
      aMessage({ id: 'c', seq: 3, occurred_at: at(1, 9, 8) }),
      aMessage({ id: 'd', seq: 4, occurred_at: at(2, 9), direction: 'out', participants: agent }),
      aMessage({ id: 'n', seq: 4, occurred_at: at(2, 9, 1), direction: 'internal', kind: 'note', participants: agent }),
    ],
    -1,
  )
  expect(shape(rows)).toEqual(['day', 'a', '+b', 'e2', 'c', 'day', 'd', 'n'])
})

test('the line above what is new stands once, and never above everything', () => {
  const items = [1, 2, 3].map((n) => aMessage({ id: `m${n}`, seq: n, occurred_at: at(1, 8 + n) }))
  expect(shape(threadRows(items, 1))).toEqual(['day', 'm1', 'new', 'm2', 'm3'])
  expect(shape(threadRows(items, 0))).toEqual(['day', 'm1', 'm2', 'm3'])
  expect(shape(threadRows(items, 3))).toEqual(['day', 'm1', 'm2', 'm3'])
})

test('what waits to be sent stands last, whenever it will go', () => {
  const held: Outgoing & { readonly type: 'outgoing' } = {
    type: 'outgoing',
    id: 'o',
    state: 'held',
    send_at: at(1, 7),
    author: 'Ada',
    author_id: 'ada',
    channel: 'mail',
    content: { html: '<p>Hi</p>' },
  }
  expect(shape(threadRows([held, aMessage({ id: 'a' })], -1))).toEqual(['day', 'a', 'outgoing'])
})

test('“seen” stands under the last answer that was seen', () => {
  const answer = (id: string, state: 'seen' | 'sent') =>
    ({ type: 'message', id, direction: 'out', delivery: { state, outbox_id: id } }) as ThreadItem
  const states = seenOnce([answer('1', 'seen'), answer('2', 'seen'), answer('3', 'sent')]).map((i) =>
    i.type === 'message' ? i.delivery?.state : 'none',
  )
  expect(states).toEqual([undefined, 'seen', 'sent'])
})

test('what the stream brings before the answer to its request is not shown twice', () => {
  const waiting = { key: 'k1', caseId: 'c', html: '<p>Hi <b>Mia</b></p>', offline: false }
  const note = { ...waiting, note: { html: waiting.html, text: 'Hi Mia', mentions: [], attachments: [] } }
  const kept = { ...aMessage({ id: 'n', external_id: 'note:ada:k1' }), type: 'note' as const }
  expect(hasArrived(note, [], 'ada')).toBe(false)
  expect(hasArrived(note, [kept], 'ada')).toBe(true)
  expect(hasArrived({ ...note, key: 'k2' }, [kept], 'ada')).toBe(false)

  const reply = {
    ...waiting,
    reply: { if_seq: 1, html: waiting.html, attachments: [], idempotency_key: 'k1', seen_outgoing: ['o1'] },
  }
  const queued = (id: string, author_id: string): ThreadItem => ({
    type: 'outgoing',
    id,
    state: 'held',
    send_at: at(1, 7),
    author: 'Ada',
    author_id,
    channel: 'mail',
    content: { html: '<p>Hi Mia</p>' },
  })
  expect(hasArrived(reply, [queued('o1', 'ada')], 'ada')).toBe(false) // the same words, sent before
  expect(hasArrived(reply, [queued('o2', 'ben')], 'ada')).toBe(false)
  expect(hasArrived(reply, [queued('o1', 'ada'), queued('o2', 'ada')], 'ada')).toBe(true)
})
