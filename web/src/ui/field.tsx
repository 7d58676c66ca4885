import { type InputHTMLAttributes, type ReactNode, type Ref, useId } from 'react'
import { cx } from './cx'

export const INPUT =
  'h-9 w-full rounded-control border border-control bg-surface px-3 text-body placeholder:text-muted focus-visible:outline-offset-0'

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  readonly label: string
  readonly hint?: ReactNode
  readonly error?: string | undefined
  readonly after?: ReactNode
  readonly ref?: Ref<HTMLInputElement>
}

/** A labelled input; the hint and the error are read with it. */
export function Field({ label, hint, error, after, className, ...rest }: FieldProps) {
  const id = useId()
  const described = [error ? `${id}-error` : '', hint ? `${id}-hint` : ''].filter(Boolean).join(' ')
  return (
    <div className={cx('flex flex-col gap-1', className)}>
      <label htmlFor={id} className="text-label font-medium">
        {label}
      </label>
      <div className="relative">
        <input
          id={id}
          className={cx(INPUT, after ? 'pr-16' : '', error ? 'border-danger' : '')}
          aria-invalid={error ? true : undefined}
          {...(described ? { 'aria-describedby': described } : {})}
          {...rest}
        />
        {after ? <div className="absolute inset-y-0 right-1 flex items-center">{after}</div> : null}
      </div>
      {error ? (
        <p id={`${id}-error`} className="text-label text-danger-text">
          {error}
        </p>
      ) : null}
      {hint ? (
        <div id={`${id}-hint`} className="text-label text-muted">
          {hint}
        </div>
      ) : null}
    </div>
  )
}
