import { infiniteQueryOptions, type QueryClient } from '@tanstack/react-query'
import { ApiError, get, post } from '../client'
import type { Page, QuarantineItem, RetryResult } from '../types'
import { nextCursor } from './pages'

export const quarantineKey = ['quarantine'] as const

export const quarantineQuery = infiniteQueryOptions({
  queryKey: quarantineKey,
  queryFn: ({ pageParam, signal }) =>
    get<Page<QuarantineItem>>('/v1/quarantine', { cursor: pageParam, limit: 100 }, signal),
  initialPageParam: '',
  getNextPageParam: nextCursor,
})

/** Tries to take an item up once more; rejects with the reason when it still can't be read. */
export async function retryItem(client: QueryClient, id: string): Promise<void> {
  try {
    const result = await post<RetryResult>(`/v1/quarantine/${id}/retry`)
    if (result.status === 'quarantined') throw new ApiError(422, result.problem ?? { title: 'It still can’t be read' })
  } finally {
    await client.invalidateQueries({ queryKey: quarantineKey })
  }
}

export async function discardItem(client: QueryClient, id: string): Promise<void> {
  await post(`/v1/quarantine/${id}/discard`)
  await client.invalidateQueries({ queryKey: quarantineKey })
}
