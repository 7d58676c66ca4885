import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { list } from '../../lib/list'
import { get, post, put } from '../client'
import type { components } from '../schema'
import type { Page } from '../types'

export type Hours = components['schemas']['Hours']

/** Opening hours; the first count where an inbox names none. */
export const hoursQuery = queryOptions({
  queryKey: ['hours'] as const,
  queryFn: async ({ signal }) => list((await get<Page<Hours>>('/v1/schedules', undefined, signal)).items),
})

export async function saveHours(client: QueryClient, id: string, hours: Omit<Hours, 'id'>): Promise<Hours> {
  const body = { ...hours, id }
  const saved = id ? await put<Hours>(`/v1/schedules/${id}`, body) : await post<Hours>('/v1/schedules', body)
  await client.invalidateQueries({ queryKey: hoursQuery.queryKey })
  return saved
}
