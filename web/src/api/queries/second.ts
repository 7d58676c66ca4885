import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { get, post, put } from '../client'
import type { components } from '../schema'

type Schemas = components['schemas']

export type SecondReader = Schemas['SecondReader']
export type SecondReaderChange = Schemas['SecondReaderChange']
export type Part = Schemas['EndpointPart']
export type Trial = Schemas['EndpointTrial']
export type Usage = Schemas['EndpointUsage']

const key = ['second-reader'] as const

export const secondReaderQuery = queryOptions({
  queryKey: key,
  queryFn: ({ signal }) => get<SecondReader>('/v1/second-reader', undefined, signal),
})

export async function saveSecondReader(client: QueryClient, change: SecondReaderChange): Promise<SecondReader> {
  const kept = await put<SecondReader>('/v1/second-reader', change)
  client.setQueryData(key, kept)
  return kept
}

/** Asks the endpoint about a sample; what that used is counted. */
export async function trySecondReader(client: QueryClient): Promise<readonly Trial[]> {
  const tried = await post<Schemas['SecondReaderTrial']>('/v1/second-reader/test')
  await client.invalidateQueries({ queryKey: key })
  return tried.parts ?? []
}
