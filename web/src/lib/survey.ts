import { perLocale } from './locale'
import { dayAt, wall } from './zone'

// The figures of surveys, as people read them.

export type SurveyKind = 'csat' | 'nps' | 'ces'

/** The ends of what a figure can be. */
export const SPAN: Readonly<Record<SurveyKind, readonly [number, number]>> = {
  csat: [0, 100],
  nps: [-100, 100],
  ces: [1, 7],
}

/** The lowest score of a scale; its scores follow one by one. */
export const LOWEST: Readonly<Record<SurveyKind, number>> = { csat: 1, nps: 0, ces: 1 }

const wholes = perLocale((l) => new Intl.NumberFormat(l, { maximumFractionDigits: 0 }))
const tenths = perLocale((l) => new Intl.NumberFormat(l, { minimumFractionDigits: 1, maximumFractionDigits: 1 }))
const shares = perLocale((l) => new Intl.NumberFormat(l, { style: 'percent', maximumFractionDigits: 0 }))
const signed = perLocale((l) => new Intl.NumberFormat(l, { maximumFractionDigits: 0, signDisplay: 'exceptZero' }))

export const count = (n: number): string => wholes().format(n)
export const percent = (n: number): string => shares().format(n / 100)

/** A figure with its unit: "82 %", "+30", "5.6". */
export function figure(kind: SurveyKind, value: number): string {
  if (kind === 'csat') return percent(value)
  return kind === 'nps' ? signed().format(Math.round(value) || 0) : tenths().format(value)
}

/** Where a figure stands between the ends of its scale, 0 to 1. */
export function position(kind: SurveyKind, value: number): number {
  const [low, high] = SPAN[kind]
  return Math.min(1, Math.max(0, (value - low) / (high - low)))
}

/** How good a score is, by which it is coloured. */
export function scoreTone(kind: SurveyKind, score: number): 'danger' | 'plain' | 'success' {
  const [bad, good] = { csat: [2, 4], nps: [6, 9], ces: [3, 5] }[kind] as [number, number]
  return score <= bad ? 'danger' : score >= good ? 'success' : 'plain'
}

/** The days of a period that ends today, in the viewer's time zone. */
export function period(days: number, now: number): { from: string; to: string } {
  return { from: day(dayAt(now, 1 - days)), to: day(now) }
}

const day = (t: number): string => wall(t).toISOString().slice(0, 10)
