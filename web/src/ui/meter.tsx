import { cx } from './cx'

interface MeterProps {
  /** 0…1 */
  readonly value: number
  /** Its name; left out where text beside it says the same. */
  readonly label?: string
  readonly tone?: 'accent' | 'muted' | 'warning' | 'danger'
  readonly className?: string
}

const TONES = { accent: 'bg-accent', muted: 'bg-control', warning: 'bg-warning', danger: 'bg-danger' } as const

export function Meter({ value, label, tone = 'accent', className }: MeterProps) {
  const part = Math.min(1, Math.max(0, value))
  return (
    <div
      {...(label
        ? {
            role: 'meter',
            'aria-label': label,
            'aria-valuemin': 0,
            'aria-valuemax': 100,
            'aria-valuenow': Math.round(part * 100),
          }
        : { 'aria-hidden': true })}
      className={cx('h-1.5 overflow-hidden rounded-full bg-line', className)}
    >
      <div
        className={cx('h-full rounded-full', TONES[tone])}
        style={{ width: part === 0 ? 0 : `${Math.max(4, part * 100)}%` }}
      />
    </div>
  )
}
