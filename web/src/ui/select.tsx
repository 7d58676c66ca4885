import { type SelectHTMLAttributes, useId } from 'react'
import { cx } from './cx'
import { INPUT } from './field'

interface SelectProps extends Omit<SelectHTMLAttributes<HTMLSelectElement>, 'onChange'> {
  readonly label: string
  readonly hideLabel?: boolean
  readonly error?: string | undefined
  readonly options: readonly (readonly [value: string, label: string])[]
  readonly onChange: (value: string) => void
}

/** One of a few, as the system draws it. */
export function Select({ label, hideLabel, error, options, onChange, className, ...rest }: SelectProps) {
  const id = useId()
  return (
    <div className={cx('flex flex-col gap-1', className)}>
      <label htmlFor={id} className={hideLabel ? 'sr-only' : 'text-label font-medium'}>
        {label}
      </label>
      <select
        id={id}
        className={cx(INPUT, 'pr-2', error ? 'border-danger' : '')}
        aria-invalid={error ? true : undefined}
        {...(error ? { 'aria-describedby': `${id}-error` } : {})}
        onChange={(e) => onChange(e.target.value)}
        {...rest}
      >
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
      {error ? (
        <p id={`${id}-error`} className="text-label text-danger-text">
          {error}
        </p>
      ) : null}
    </div>
  )
}
