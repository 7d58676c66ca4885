import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { list } from '../../lib/list'
import { download, get } from '../client'
import type { components } from '../schema'
import type { Page } from '../types'
import { nextCursor } from './pages'

type Schemas = components['schemas']
export type Report = Schemas['SatisfactionReport']
export type Part = Schemas['SatisfactionPart']
export type Figures = Schemas['Figures']
export type Answer = Schemas['SurveyAnswer']
export type Survey = Schemas['SurveyView']
export type SurveyKind = Report['kind']
export type By = 'inbox' | 'team' | 'agent' | 'week' | 'month'

/** What a report is about. */
export interface Scope {
  readonly kind: SurveyKind
  /** First and last day, such as 2026-03-01. */
  readonly from: string
  readonly to: string
  readonly tz: string
  readonly inbox: string
}

export interface AnswerFilter {
  readonly low: boolean
  readonly commented: boolean
}

const key = 'satisfaction'

export const reportQuery = (scope: Scope, by: By) =>
  queryOptions({
    queryKey: [key, 'report', scope, by] as const,
    queryFn: ({ signal }) => get<Report>('/v1/satisfaction', { ...scope, by }, signal),
    placeholderData: (old) => old,
  })

export const answersQuery = (scope: Scope, filter: AnswerFilter) =>
  infiniteQueryOptions({
    queryKey: [key, 'answers', scope, filter] as const,
    queryFn: ({ pageParam, signal }) =>
      get<Page<Answer>>('/v1/satisfaction/answers', { ...scope, ...filter, cursor: pageParam, limit: 25 }, signal),
    initialPageParam: '',
    getNextPageParam: nextCursor,
    placeholderData: (old) => old,
  })

/** The answers as a table for other programs. */
export const exportAnswers = (scope: Scope, filter: AnswerFilter): Promise<File> =>
  download('/v1/satisfaction/export', { ...scope, ...filter }, 'satisfaction.csv')

export const customerSurveysQuery = (customerId: string) =>
  queryOptions({
    queryKey: [key, 'of', customerId] as const,
    queryFn: async ({ signal }) =>
      list((await get<Page<Survey>>(`/v1/customers/${customerId}/satisfaction`, undefined, signal)).items),
    enabled: customerId !== '',
  })

export const surveysOfAll = [key, 'of'] as const
