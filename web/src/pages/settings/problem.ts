import { useState } from 'react'
import { type ApiError, asApiError, type FieldError } from '../../api/client'

/** "body.settings.imap.host" and "/settings/imap/host" are the same place. */
const place = (location: string): string =>
  location
    .replace(/\[(\d+)\]/g, '.$1')
    .replace(/^[#/]+/, '')
    .replace(/\//g, '.')
    .replace(/^body\.?/, '')

export interface Problems {
  /** Runs a call; what the server refuses stands beside its field. */
  readonly run: (work: () => Promise<unknown>) => Promise<boolean>
  /** What is wrong at a place such as "settings.imap.host". */
  readonly at: (...places: readonly string[]) => string | undefined
  /** What belongs to no field. */
  readonly rest: string
  readonly busy: boolean
  readonly clear: () => void
}

/** What was wrong with a form when it was sent; `known` are the places that have a field. */
export function useProblems(known: readonly string[]): Problems {
  const [problem, setProblem] = useState<ApiError>()
  const [busy, setBusy] = useState(false)
  const fields = fieldsOf(problem)
  const belongs = (f: FieldError, name: string) => f.location === name || f.location.startsWith(`${name}.`)
  return {
    busy,
    clear: () => setProblem(undefined),
    at: (...places) => fields.find((f) => places.some((p) => belongs(f, p)))?.message,
    rest: restOf(
      problem,
      fields.filter((f) => !known.some((k) => belongs(f, k))),
    ),
    run: async (work) => {
      setBusy(true)
      setProblem(undefined)
      try {
        await work()
        return true
      } catch (error) {
        setProblem(asApiError(error))
        return false
      } finally {
        setBusy(false)
      }
    },
  }
}

function fieldsOf(problem: ApiError | undefined): readonly FieldError[] {
  if (!problem) return []
  const all = problem.fields.map((f) => ({ ...f, location: place(f.location) }))
  const pointer = problem.extra.pointer
  if (typeof pointer === 'string' && pointer !== '' && all.length === 0)
    return [{ message: problem.detail || problem.title, location: place(pointer) }]
  return all
}

function restOf(problem: ApiError | undefined, others: readonly FieldError[]): string {
  if (!problem) return ''
  const named = problem.fields.length > 0 || typeof problem.extra.pointer === 'string'
  if (!named) return problem.detail || problem.title
  return others.map((f) => f.message).join(' ')
}
