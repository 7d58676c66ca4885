import { t } from 'i18next'
import type { ReactNode } from 'react'
import { asApiError } from '../api/client'
import { Button } from './button'

/** Bars in the place of what is coming; they appear only when it takes a moment. */
export function Skeleton({ rows = 8, height = 56 }: { readonly rows?: number; readonly height?: number }) {
  return (
    <div role="status" aria-label={t('Loading')} className="late">
      {Array.from({ length: rows }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the bars are all alike
        <div key={i} className="flex items-center gap-3 px-6" style={{ height }}>
          <div className="size-6 flex-none animate-[pulse_1.6s_infinite] rounded-full bg-line" />
          <div className="flex flex-1 flex-col gap-2">
            <div
              className="h-2.5 animate-[pulse_1.6s_infinite] rounded bg-line"
              style={{ width: `${28 + ((i * 37) % 30)}%` }}
            />
            <div
              className="h-2.5 animate-[pulse_1.6s_infinite] rounded bg-sunken"
              style={{ width: `${48 + ((i * 53) % 40)}%` }}
            />
          </div>
        </div>
      ))}
    </div>
  )
}

interface EmptyProps {
  readonly title: string
  readonly children?: ReactNode
  readonly action?: ReactNode
}

export function Empty({ title, children, action }: EmptyProps) {
  return (
    <div className="flex flex-col items-start gap-3 px-6 py-12">
      <h2 className="text-title font-semibold">{title}</h2>
      {children ? <div className="max-w-[56ch] text-read text-muted">{children}</div> : null}
      {action}
    </div>
  )
}

interface FailedProps {
  readonly error: unknown
  readonly what: string
  readonly retry?: () => void
}

/** What happened, what is safe, what to do, and the number that finds it in the log. */
export function Failed({ error, what, retry }: FailedProps) {
  const problem = asApiError(error)
  return (
    <div role="alert" className="flex flex-col items-start gap-3 px-6 py-12">
      <h2 className="text-title font-semibold">{what}</h2>
      <p className="max-w-[56ch] text-read text-muted">{problem.detail || problem.title}</p>
      {retry ? (
        <Button look="primary" onClick={retry}>
          {t('Try again')}
        </Button>
      ) : null}
      {problem.requestId ? (
        <p className="text-label text-muted">{t('Request {{id}}', { id: problem.requestId })}</p>
      ) : null}
    </div>
  )
}
