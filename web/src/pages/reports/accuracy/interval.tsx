import { useTranslation } from 'react-i18next'
import { percent } from '../../../lib/words'

interface IntervalProps {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** A share between 0 and 1 with its interval: bars that overlap say "perhaps the same". */
export function Interval({ value, low, high }: IntervalProps) {
  const { t } = useTranslation()
  return (
    <span className="flex items-center gap-3">
      <span aria-hidden className="relative h-2.5 min-w-16 flex-1 rounded-full bg-sunken">
        <span
          className="absolute inset-y-0.5 rounded-full bg-accent opacity-40"
          style={{ left: `${100 * low}%`, right: `${100 - 100 * high}%` }}
        />
        <span
          className="absolute top-0 h-2.5 w-1 -translate-x-1/2 rounded-full bg-accent"
          style={{ left: `${100 * value}%` }}
        />
      </span>
      <span className="w-28 text-label whitespace-nowrap text-muted tabular-nums">
        {t('{{from}} to {{to}}', { from: percent(low), to: percent(high) })}
      </span>
    </span>
  )
}
