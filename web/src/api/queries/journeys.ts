import { infiniteQueryOptions, type QueryClient } from '@tanstack/react-query'
import { get, post } from '../client'
import type { Journey, JourneyState, Page } from '../types'
import { nextCursor } from './pages'

export type JourneyTab = 'waiting' | 'open' | 'unanswered' | 'repeat' | 'all'
export type JourneySort = 'waiting' | 'effort' | 'last'
export interface JourneySearch {
  readonly tab: JourneyTab
  readonly sort: JourneySort
  readonly repeat: 7 | 14 | 30
}

export const journeyKeys = {
  lists: ['journeys', 'list'] as const,
  list: (s: JourneySearch) => ['journeys', 'list', s] as const,
  of: (customerId: string) => ['journeys', 'of', customerId] as const,
}

function filterOf({ tab, repeat }: JourneySearch): Record<string, string | number | boolean> {
  switch (tab) {
    case 'waiting':
      return { state: 'waiting_for_us' }
    case 'open':
      return { state: 'open' }
    case 'unanswered':
      return { unanswered: true }
    case 'repeat':
      return { repeat }
    default:
      return {}
  }
}

export const journeysQuery = (search: JourneySearch) =>
  infiniteQueryOptions({
    queryKey: journeyKeys.list(search),
    queryFn: ({ pageParam, signal }) =>
      get<Page<Journey>>(
        '/v1/journeys',
        { ...filterOf(search), sort: search.sort, cursor: pageParam, limit: 100 },
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: nextCursor,
    placeholderData: (old) => old,
  })

export const customerJourneysQuery = (customerId: string) =>
  infiniteQueryOptions({
    queryKey: journeyKeys.of(customerId),
    queryFn: ({ pageParam, signal }) =>
      get<Page<Journey>>(`/v1/customers/${customerId}/journeys`, { cursor: pageParam, limit: 100 }, signal),
    initialPageParam: '',
    getNextPageParam: nextCursor,
  })

/** A change of a journey shows on its customer's page and in lists. */
async function changed(client: QueryClient, customerId: string): Promise<void> {
  await Promise.all([
    client.invalidateQueries({ queryKey: journeyKeys.of(customerId) }),
    client.invalidateQueries({ queryKey: journeyKeys.lists }),
    client.invalidateQueries({ queryKey: ['timeline', customerId] }),
    client.invalidateQueries({ queryKey: ['customers'] }),
  ])
}

export async function setJourneyState(client: QueryClient, journey: Journey, state: JourneyState): Promise<Journey> {
  const done = await post<Journey>(`/v1/journeys/${journey.id}/state`, { state })
  await changed(client, journey.customer_id)
  return done
}

export async function splitJourney(
  client: QueryClient,
  journey: Journey,
  interactionIds: readonly string[],
): Promise<Journey> {
  const made = await post<Journey>(`/v1/journeys/${journey.id}/split`, { interaction_ids: interactionIds })
  await changed(client, journey.customer_id)
  return made
}

/** Puts the contacts of another journey of the same customer into this one. */
export async function mergeJourneys(client: QueryClient, into: Journey, other: Journey): Promise<Journey> {
  const done = await post<Journey>(`/v1/journeys/${into.id}/merge`, { journey_id: other.id })
  await changed(client, into.customer_id)
  return done
}
