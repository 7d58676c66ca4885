import { describe, expect, test } from 'vitest'
import type { Interaction, Journey } from '../api/types'
import { assignLanes, laneCount, layout, MAX_LANES, type Row } from './rows'

function contact(id: string, day: number, journey: string, more: Partial<Interaction> = {}): Interaction {
  const at = `2026-03-${String(day).padStart(2, '0')}T10:00:00Z`
  return {
    id,
    customer_id: 'c',
    profile_id: 'p',
    conversation_id: 'v',
    journey_id: journey,
    source: 's',
    external_id: id,
    channel: 'mail',
    kind: 'message',
    direction: 'in',
    occurred_at: at,
    received_at: at,
    participants: [],
    text: id,
    has_html: false,
    automatic: false,
    verified: false,
    ...more,
  }
}

interface Options {
  readonly folded?: readonly string[]
  readonly only?: string
  readonly readUntil?: string
}

const lay = (items: readonly Interaction[], { folded = [], only = '', readUntil = '' }: Options = {}) =>
  layout({ items, journeys: new Map<string, Journey>(), folded: (id) => folded.includes(id), only, readUntil })

const keys = (rows: readonly Row[]) => rows.map((r) => r.key)
const rails = (rows: readonly Row[], key: string) =>
  (rows.find((r) => r.key === key)?.rails ?? []).map(
    (r) => `${r.lane}${r.journeyId}${r.up ? '↑' : ''}${r.down ? '↓' : ''}`,
  )

describe('rows', () => {
  test('a day header, the journey’s head, then its contacts', () => {
    const rows = lay([contact('a', 1, 'J'), contact('b', 1, 'J'), contact('c', 2, 'J')])
    expect(keys(rows)).toEqual(['day:2026-3-1', 'band:J', 'a', 'b', 'day:2026-3-2', 'c'])
  })

  test('a folded journey is its head alone, and days without rows have no header', () => {
    const rows = lay([contact('a', 1, 'J'), contact('b', 2, 'J'), contact('c', 3, 'K')], { folded: ['J'] })
    expect(keys(rows)).toEqual(['day:2026-3-1', 'band:J', 'day:2026-3-3', 'band:K', 'c'])
  })

  test('one journey alone leaves the others out and ignores that it is folded', () => {
    const rows = lay([contact('a', 1, 'J'), contact('b', 1, 'K'), contact('c', 1, 'J')], { only: 'J', folded: ['J'] })
    expect(keys(rows)).toEqual(['day:2026-3-1', 'band:J', 'a', 'c'])
  })

  test('visits without a journey are drawn together', () => {
    const visit = { kind: 'event', channel: 'web' } as const
    const rows = lay([contact('a', 1, '', visit), contact('b', 1, '', visit), contact('c', 1, 'J')])
    expect(keys(rows)).toEqual(['day:2026-3-1', 'events:a', 'band:J', 'c'])
    expect(rows[1]?.type === 'events' && rows[1].items.map((i) => i.id)).toEqual(['a', 'b'])
  })

  test('what came after the last look stands under “New”, once', () => {
    const rows = lay([contact('a', 1, 'J'), contact('b', 1, 'J'), contact('c', 1, 'J')], { readUntil: 'a' })
    expect(keys(rows)).toEqual(['day:2026-3-1', 'band:J', 'a', 'new', 'b', 'c'])
    expect(keys(lay([contact('a', 1, 'J')], { readUntil: 'a' }))).not.toContain('new')
  })

  test('keys stay when older contacts come in front', () => {
    const newer = [contact('c', 3, 'J'), contact('d', 3, 'K')]
    const before = new Set(keys(lay(newer)))
    const after = keys(lay([contact('a', 1, 'J'), contact('b', 3, ''), ...newer]))
    for (const key of before) expect(after).toContain(key)
    expect(new Set(after).size).toBe(after.length)
  })
})

describe('rails', () => {
  const items = [
    contact('a', 1, 'J'),
    contact('b', 1, 'K'),
    contact('c', 1, 'J'),
    contact('d', 1, 'K'),
    contact('e', 1, 'L'),
  ]
  const rows = lay(items)

  test('journeys that overlap have lanes of their own, and a lane is used again', () => {
    expect(laneCount(rows)).toBe(2)
    const lanes = new Map(rows.flatMap((r) => (r.type === 'band' ? [[r.journeyId, r.lane] as const] : [])))
    expect([...lanes]).toEqual([
      ['J', 0],
      ['K', 1],
      ['L', 0],
    ])
  })

  test('a rail begins at the head and ends at the last contact', () => {
    expect(rails(rows, 'band:J')).toEqual(['0J↓'])
    expect(rails(rows, 'b')).toEqual(['0J↑↓', '1K↑↓'])
    expect(rails(rows, 'c')).toEqual(['0J↑', '1K↑↓'])
    expect(rails(rows, 'd')).toEqual(['1K↑'])
  })

  test('a folded journey has no rail', () => {
    expect(rails(lay(items, { folded: ['J'] }), 'band:J')).toEqual(['0J'])
  })

  test('there are never more lanes than can be drawn', () => {
    const ids = Array.from({ length: 30 }, (_, i) => `J${i}`)
    const lanes = assignLanes(new Map(ids.map((id, i) => [id, i])), new Map(ids.map((id) => [id, 100])))
    expect(Math.max(...lanes.values())).toBe(MAX_LANES - 1)
  })
})

test('ten thousand contacts are laid out in well under a tenth of a second', () => {
  const items = Array.from({ length: 10_000 }, (_, i) => contact(`i${i}`, 1 + (i % 28), `J${Math.floor(i / 33)}`))
  const start = performance.now()
  expect(lay(items).length).toBeGreaterThan(10_000)
  expect(performance.now() - start).toBeLessThan(500)
})
