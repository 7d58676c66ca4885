import type { SlaLook } from '../lib/inbox/sla'
import { cx } from './cx'

const R = 5.5
const ROUND = 2 * Math.PI * R

/** What is left of a target: quiet while there is time, a warning ring under a quarter, filled when missed. */
export function SlaRing({ look, label }: { readonly look: SlaLook; readonly label: string }) {
  if (look.state === 'none') return null
  const late = look.state === 'late'
  return (
    <span
      title={label}
      className={cx(
        'inline-flex flex-none items-center gap-1 text-label tabular-nums',
        late
          ? 'rounded-chip bg-danger px-1.5 leading-5 font-medium text-[white] dark:text-on-accent'
          : look.state === 'soon'
            ? 'font-medium text-warning-text'
            : 'text-muted',
      )}
    >
      {late ? null : (
        <svg aria-hidden viewBox="0 0 14 14" className="size-3.5 flex-none -rotate-90">
          <circle cx="7" cy="7" r={R} fill="none" strokeWidth="2" stroke="var(--line)" />
          <circle
            cx="7"
            cy="7"
            r={R}
            fill="none"
            strokeWidth="2"
            stroke={look.state === 'soon' ? 'var(--warning)' : 'var(--control)'}
            strokeDasharray={`${ROUND * look.left} ${ROUND}`}
          />
        </svg>
      )}
      <span className="sr-only">{label}</span>
      <span aria-hidden>{look.text}</span>
    </span>
  )
}
