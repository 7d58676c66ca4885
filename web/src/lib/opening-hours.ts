import type { Hours } from '../api/queries/hours'
import { list } from './list'

/** From and to as a clock shows them; a span that ends at midnight ends at 00:00. */
export interface Span {
  readonly from: string
  readonly to: string
}

/** Opening hours as a form has them: seven days, Monday first. */
export interface HoursDraft {
  readonly name: string
  readonly zone: string
  readonly days: readonly (readonly Span[])[]
  /** Dates, one a line. */
  readonly holidays: string
}

const DAY = 24 * 60
const NINE_TO_FIVE: Span = { from: '09:00', to: '17:00' }

const clock = (minutes: number): string => {
  const m = minutes % DAY
  return `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`
}

/** Minutes since midnight; of what is no time, -1, which the server refuses with its place. */
const minutes = (text: string): number => {
  const m = /^(\d{1,2}):(\d{2})/.exec(text)
  return m ? Number(m[1]) * 60 + Number(m[2]) : -1
}

/** Weekdays from nine to five, for who has none yet. */
export const usualHours = (name: string, zone: string): HoursDraft => ({
  name,
  zone,
  days: Array.from({ length: 7 }, (_, d) => (d < 5 ? [NINE_TO_FIVE] : [])),
  holidays: '',
})

export const draftOf = (h: Hours): HoursDraft => ({
  name: h.name,
  zone: h.time_zone,
  days: Array.from({ length: 7 }, (_, d) => list(h.hours[d]).map((s) => ({ from: clock(s.from), to: clock(s.to) }))),
  holidays: list(h.holidays).join('\n'),
})

export const hoursOf = (d: HoursDraft): Omit<Hours, 'id'> => ({
  name: d.name.trim(),
  time_zone: d.zone.trim(),
  hours: d.days.map((spans) =>
    spans.map((s) => ({ from: minutes(s.from), to: minutes(s.to) === 0 ? DAY : minutes(s.to) })),
  ),
  holidays: d.holidays
    .split(/[\n,;]/)
    .map((l) => l.trim())
    .filter(Boolean),
})

/** A day with one more span: after what it has, or as people usually work. */
export function withSpan(spans: readonly Span[]): readonly Span[] {
  const last = spans.at(-1)
  if (!last) return [NINE_TO_FIVE]
  const from = Math.min(minutes(last.to) + 60, DAY - 60)
  return [...spans, { from: clock(from), to: clock(Math.min(from + 240, DAY)) }]
}
