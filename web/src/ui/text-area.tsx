import { type ReactNode, type TextareaHTMLAttributes, useId } from 'react'
import { cx } from './cx'
import { INPUT } from './field'

interface TextAreaProps extends TextareaHTMLAttributes<HTMLTextAreaElement> {
  readonly label: string
  readonly hint?: ReactNode
  readonly error?: string | undefined
}

/** A labelled field of several lines. */
export function TextArea({ label, hint, error, className, ...rest }: TextAreaProps) {
  const id = useId()
  const described = [error ? `${id}-error` : '', hint ? `${id}-hint` : ''].filter(Boolean).join(' ')
  return (
    <div className={cx('flex flex-col gap-1', className)}>
      <label htmlFor={id} className="text-label font-medium">
        {label}
      </label>
      <textarea
        id={id}
        rows={3}
        className={cx(INPUT, '!h-auto resize-y py-2', error ? 'border-danger' : '')}
        aria-invalid={error ? true : undefined}
        {...(described ? { 'aria-describedby': described } : {})}
        {...rest}
      />
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
