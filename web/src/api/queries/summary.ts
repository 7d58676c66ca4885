import { queryOptions } from '@tanstack/react-query'
import { get } from '../client'
import type { Summary } from '../types'

export type Summarised = 'cases' | 'journeys'

/** What carries a conversation or a journey; version is whatever changes with it. */
export const summaryQuery = (of: Summarised, id: string, version: string | number) =>
  queryOptions({
    queryKey: [of, 'summary', id, version] as const,
    queryFn: ({ signal }) => get<Summary>(`/v1/${of}/${id}/summary`, undefined, signal),
    placeholderData: (old, query) => (query?.queryKey[2] === id ? old : undefined),
  })
