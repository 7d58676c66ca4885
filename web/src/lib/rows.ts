import type { Interaction, Journey } from '../api/types'
import { dayKey } from './time'

/** A vertical line of one journey beside a row. */
export interface Rail {
  readonly lane: number
  readonly journeyId: string
  /** Whether the line reaches the top and the bottom edge of the row. */
  readonly up: boolean
  readonly down: boolean
}

interface Base {
  readonly key: string
  readonly rails: readonly Rail[]
}
export type Row =
  | (Base & { readonly type: 'day'; readonly at: string })
  | (Base & { readonly type: 'new' })
  | (Base & {
      readonly type: 'band'
      readonly journeyId: string
      readonly lane: number
      readonly folded: boolean
      readonly at: string
    })
  | (Base & { readonly type: 'contact'; readonly item: Interaction; readonly lane: number })
  | (Base & { readonly type: 'events'; readonly items: readonly Interaction[]; readonly lane: number })

export interface RowInput {
  /** The loaded contacts, oldest first. */
  readonly items: readonly Interaction[]
  readonly journeys: ReadonlyMap<string, Journey>
  readonly folded: (journeyId: string) => boolean
  /** Show this journey alone; empty shows everything. */
  readonly only: string
  /** The last contact that was read; empty draws no "New" line. */
  readonly readUntil: string
}

export const MAX_LANES = 4

/**
 * Lays a timeline out: day headers, the header of each journey before its first
 * contact, contacts, and the rails beside them. Journeys that overlap in time get
 * lanes of their own; a lane is free again after its journey's last row. The result
 * depends on the input alone, and every row's key is stable when older contacts
 * are put in front.
 */
export function layout(input: RowInput): readonly Row[] {
  const rows = sequence(input)
  return withRails(rows)
}

type Bare =
  | { type: 'day'; key: string; at: string }
  | { type: 'new'; key: string }
  | { type: 'band'; key: string; journeyId: string; folded: boolean; at: string }
  | { type: 'contact'; key: string; item: Interaction }
  | { type: 'events'; key: string; items: Interaction[] }

function sequence({ items, folded, only, readUntil }: RowInput): readonly Bare[] {
  const rows: Bare[] = []
  const seen = new Set<string>()
  let day = ''
  let passedRead = false
  let markNew = false
  for (const item of items) {
    if (only !== '' && item.journey_id !== only) {
      if (item.id === readUntil) passedRead = true
      continue
    }
    if (passedRead && !markNew) {
      markNew = true
      rows.push({ type: 'new', key: 'new' })
    }
    const hidden = item.journey_id !== '' && seen.has(item.journey_id) && folded(item.journey_id) && only === ''
    if (!hidden) {
      const key = dayKey(item.occurred_at)
      if (key !== day) {
        day = key
        rows.push({ type: 'day', key: `day:${key}`, at: item.occurred_at })
      }
      add(rows, seen, item, folded, only)
    }
    if (item.id === readUntil) passedRead = true
  }
  return rows
}

function add(rows: Bare[], seen: Set<string>, item: Interaction, folded: RowInput['folded'], only: string): void {
  const journeyId = item.journey_id
  if (journeyId !== '') {
    const isFolded = folded(journeyId) && only === ''
    if (!seen.has(journeyId)) {
      seen.add(journeyId)
      rows.push({ type: 'band', key: `band:${journeyId}`, journeyId, folded: isFolded, at: item.occurred_at })
    }
    if (isFolded) return
  } else if (item.kind === 'event' || item.kind === 'visit') {
    const last = rows[rows.length - 1]
    if (last?.type === 'events') {
      last.items.push(item)
      return
    }
    rows.push({ type: 'events', key: `events:${item.id}`, items: [item] })
    return
  }
  rows.push({ type: 'contact', key: item.id, item })
}

const journeyOf = (row: Bare): string =>
  row.type === 'band' ? row.journeyId : row.type === 'contact' ? row.item.journey_id : ''

function withRails(rows: readonly Bare[]): readonly Row[] {
  const first = new Map<string, number>()
  const last = new Map<string, number>()
  rows.forEach((row, i) => {
    const id = journeyOf(row)
    if (id === '') return
    if (!first.has(id)) first.set(id, i)
    last.set(id, i)
  })
  const lanes = assignLanes(first, last)
  const active = new Map<number, string>()
  return rows.map((row, i): Row => {
    const id = journeyOf(row)
    const lane = id === '' ? 0 : (lanes.get(id) ?? 0)
    if (id !== '' && first.get(id) === i) active.set(lane, id)
    const rails: Rail[] = []
    for (const [at, journeyId] of active) {
      rails.push({ lane: at, journeyId, up: first.get(journeyId) !== i, down: last.get(journeyId) !== i })
    }
    for (const [at, journeyId] of active) if (last.get(journeyId) === i) active.delete(at)
    rails.sort((a, b) => a.lane - b.lane)
    switch (row.type) {
      case 'band':
      case 'contact':
      case 'events':
        return { ...row, lane, rails }
      default:
        return { ...row, rails }
    }
  })
}

/** The lowest lane that is free from a journey's first to its last row. */
export function assignLanes(
  first: ReadonlyMap<string, number>,
  last: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const lanes = new Map<string, number>()
  const busyUntil: number[] = []
  const order = [...first].sort((a, b) => a[1] - b[1])
  for (const [id, from] of order) {
    let lane = busyUntil.findIndex((until) => until < from)
    if (lane < 0) lane = Math.min(busyUntil.length, MAX_LANES - 1)
    lanes.set(id, lane)
    busyUntil[lane] = Math.max(busyUntil[lane] ?? -1, last.get(id) ?? from)
  }
  return lanes
}

/** How many lanes a layout uses, at least one. */
export function laneCount(rows: readonly Row[]): number {
  let most = 1
  for (const row of rows) for (const rail of row.rails) most = Math.max(most, rail.lane + 1)
  return most
}
