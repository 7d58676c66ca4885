import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { get, post } from '../client'
import type { IdentityQuestion, Page, RelatedCustomers } from '../types'

const key = ['review', 'identity'] as const

export const questionsQuery = queryOptions({
  queryKey: key,
  queryFn: ({ signal }) => get<Page<IdentityQuestion>>('/v1/suggestions', { limit: 50 }, signal),
})

/** Takes a question off the screen at once; the server is asked again afterwards. */
export function answered(client: QueryClient, id: string): void {
  client.setQueryData<Page<IdentityQuestion>>(key, (old) =>
    old ? { ...old, items: (old.items ?? []).filter((q) => q.id !== id) } : old,
  )
}

export const readAgain = (client: QueryClient) => client.invalidateQueries({ queryKey: key })
export const later = (id: string) => post(`/v1/suggestions/${id}/later`)

export const relatedQuery = (customerId: string) =>
  queryOptions({
    queryKey: ['customers', 'related', customerId] as const,
    queryFn: ({ signal }) => get<Page<RelatedCustomers>>(`/v1/customers/${customerId}/related`, undefined, signal),
  })
