import { queryOptions } from '@tanstack/react-query'
import { get } from '../client'
import type { Channel, Journey, JourneyFigures, JourneyPaths, JourneyState, Page } from '../types'

/** What the figures are split by. */
export type SplitBy = 'intent' | 'channel' | 'team'

export type Segment = 'all' | 'switched' | 'repeat' | 'leaving' | 'hard'

/** What the explorer looks at. */
export interface ExploreSearch {
  readonly days: 7 | 30 | 90 | 365
  readonly intent: string
  readonly segment: Segment
  readonly start: '' | Channel
  readonly end: '' | JourneyState
  readonly by: SplitBy
}

const DAY = 86_400_000
/** The window begins at midnight, so that it stays the same for a day. */
const from = (days: number, now = Date.now()): string =>
  new Date(Math.floor(now / DAY) * DAY - days * DAY).toISOString()

const span = ({ days, intent, segment }: ExploreSearch) => ({ from: from(days), intent, segment })

export const figuresQuery = (s: ExploreSearch) =>
  queryOptions({
    queryKey: ['explore', 'figures', s.days, s.intent, s.segment, s.by] as const,
    queryFn: ({ signal }) =>
      get<JourneyFigures>('/v1/journeys/figures', { ...span(s), by: s.by, compare: true }, signal),
    placeholderData: (old) => old,
  })

export const pathsQuery = (s: ExploreSearch) =>
  queryOptions({
    queryKey: ['explore', 'paths', s.days, s.intent, s.segment, s.start, s.end] as const,
    queryFn: ({ signal }) =>
      get<JourneyPaths>('/v1/journeys/paths', { ...span(s), start: s.start, end: s.end }, signal),
    placeholderData: (old) => old,
  })

/** The journeys behind a part of the drawing. */
export const pathJourneysQuery = (s: ExploreSearch, leave: string, reach: string) =>
  queryOptions({
    queryKey: ['explore', 'list', s.days, s.intent, s.segment, s.start, s.end, leave, reach] as const,
    queryFn: ({ signal }) =>
      get<Page<Journey>>(
        '/v1/journeys/paths/list',
        { ...span(s), start: s.start, end: s.end, leave, reach, limit: 50 },
        signal,
      ),
  })
