import { duration } from '../time'

export type SlaState = 'none' | 'ok' | 'soon' | 'late'
export interface SlaLook {
  readonly state: SlaState
  /** What is left of the time that was given, 0…1. */
  readonly left: number
  /** "2 h", "−12 min"; empty when nothing runs. */
  readonly text: string
}

/** Under this part of the given time the ring warns. */
const SOON = 0.25

/** How a running target stands: quiet, under a quarter left, or missed. */
export function sla(since: string | undefined, due: string | undefined, now: number): SlaLook {
  const end = due ? Date.parse(due) : Number.NaN
  if (Number.isNaN(end)) return { state: 'none', left: 1, text: '' }
  const seconds = (end - now) / 1000
  if (seconds <= 0) return { state: 'late', left: 0, text: `−${duration(-seconds)}` }
  const start = since ? Date.parse(since) : Number.NaN
  const whole = (end - (Number.isNaN(start) ? now : start)) / 1000
  const left = whole > 0 ? Math.min(1, seconds / whole) : 1
  return { state: left < SOON ? 'soon' : 'ok', left, text: duration(seconds) }
}
