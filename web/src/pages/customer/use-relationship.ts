import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { markRead } from '../../api/queries/customers'
import { customerJourneysQuery } from '../../api/queries/journeys'
import { flat } from '../../api/queries/pages'
import { timelineQuery } from '../../api/queries/timeline'
import type { Customer, Interaction } from '../../api/types'
import { folds, readMarks } from '../../lib/prefs'
import { layout } from '../../lib/rows'
import { useStore } from '../../lib/store'
import { isClosed } from '../../lib/words'

/** A contact counts as seen when it was in sight this long. */
const SEEN_MS = 1200

/** Reads a customer's timeline and journeys and lays them out. */
export function useRelationship(customer: Customer, channel: string, only: string) {
  const timeline = useInfiniteQuery(timelineQuery(customer.id, channel))
  const journeyQuery = useInfiniteQuery(customerJourneysQuery(customer.id))
  const items = useMemo(() => [...flat(timeline.data)].reverse(), [timeline.data])
  const journeys = useMemo(() => new Map(flat(journeyQuery.data).map((j) => [j.id, j])), [journeyQuery.data])
  const byHand = useStore(folds)
  // What was new when the page opened stays marked until it is left.
  const [readUntil] = useState(() => readMarks.get()[customer.id] ?? '')

  const missing = items.some((i) => i.journey_id !== '' && !journeys.has(i.journey_id))
  const { hasNextPage, isFetching, fetchNextPage } = journeyQuery
  useEffect(() => {
    if (missing && hasNextPage && !isFetching) void fetchNextPage()
  }, [missing, hasNextPage, isFetching, fetchNextPage])

  const isFolded = useCallback(
    (id: string) => {
      const journey = journeys.get(id)
      return byHand[id] ?? (journey !== undefined && isClosed(journey.state))
    },
    [byHand, journeys],
  )
  const setFolded = useCallback((id: string, folded: boolean) => folds.set((old) => ({ ...old, [id]: folded })), [])
  const rows = useMemo(
    () => layout({ items, journeys, folded: isFolded, only, readUntil }),
    [items, journeys, isFolded, only, readUntil],
  )
  const loadOlder = useCallback(() => {
    if (timeline.hasNextPage && !timeline.isFetching) void timeline.fetchNextPage()
  }, [timeline.hasNextPage, timeline.isFetching, timeline.fetchNextPage])

  return { timeline, journeyQuery, items, journeys, rows, isFolded, setFolded, loadOlder }
}

/** Marks a customer as read once the newest contact has been in sight for a moment. */
export function useReading(customer: Customer, last: Interaction | undefined, atEnd: boolean): void {
  const client = useQueryClient()
  const { id, unread } = customer
  const newest = last?.id ?? ''
  const until = last?.occurred_at ?? ''
  useEffect(() => {
    if (!atEnd || newest === '') return
    if (!unread && readMarks.get()[id] === newest) return
    const timer = setTimeout(() => {
      if (document.visibilityState !== 'visible') return
      readMarks.set((old) => ({ ...old, [id]: newest }))
      // Being unread is a hint; failing to store it must not disturb anybody.
      if (unread) markRead(client, id, until).catch(() => {})
    }, SEEN_MS)
    return () => clearTimeout(timer)
  }, [client, id, unread, newest, until, atEnd])
}
