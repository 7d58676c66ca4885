import type { Journey } from '../../api/types'
import { isClosed } from '../../lib/words'

const HUES = ['var(--hue-1)', 'var(--hue-2)', 'var(--hue-3)', 'var(--hue-4)', 'var(--hue-6)', 'var(--hue-5)'] as const
const QUIET = 'var(--control)'

/**
 * Colours for the rails of a customer's journeys. Closed journeys share a quiet one;
 * the others take turns in the order in which they began, so that journeys that run
 * side by side differ.
 */
export function hues(journeys: Iterable<Journey>): (journeyId: string) => string {
  const open = [...journeys].filter((j) => !isClosed(j.state)).sort((a, b) => (a.opened_at < b.opened_at ? -1 : 1))
  const colors = new Map(open.map((j, i) => [j.id, HUES[i % HUES.length] ?? QUIET]))
  return (id) => colors.get(id) ?? QUIET
}
