import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { get } from '../client'
import type { SearchPage } from '../desk'

export const searchQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ['search', q] as const,
    queryFn: ({ pageParam, signal }) => get<SearchPage>('/v1/search', { q, cursor: pageParam, limit: 30 }, signal),
    initialPageParam: '',
    getNextPageParam: (last: SearchPage) => last.next || undefined,
    enabled: q.trim() !== '',
    placeholderData: (old) => old,
  })

export interface Suggested {
  readonly text: string
  readonly label?: string
}

export const suggestQuery = (q: string) =>
  queryOptions({
    queryKey: ['search', 'suggest', q] as const,
    queryFn: ({ signal }) => get<{ readonly items: readonly Suggested[] | null }>('/v1/search/suggest', { q }, signal),
    placeholderData: (old) => old,
  })
