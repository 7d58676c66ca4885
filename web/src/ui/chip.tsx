import type { LucideIcon } from 'lucide-react'
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react'
import { cx } from './cx'

export type Tone = 'plain' | 'accent' | 'success' | 'warning' | 'danger' | 'solid-danger'

const TONES: Readonly<Record<Tone, string>> = {
  plain: 'bg-sunken text-muted',
  accent: 'bg-accent-soft text-accent-hover',
  success: 'bg-success-soft text-success-text',
  warning: 'bg-warning-soft text-warning-text',
  danger: 'bg-danger-soft text-danger-text',
  'solid-danger': 'bg-danger text-[white] dark:text-on-accent',
}
const SHAPE =
  'inline-flex h-6 max-w-full flex-none items-center gap-1 rounded-chip px-2 text-label font-medium whitespace-nowrap'

interface ChipProps {
  readonly tone?: Tone
  readonly icon?: LucideIcon
  readonly title?: string
  readonly children: ReactNode
}

export function Chip({ tone = 'plain', icon: Icon, title, children }: ChipProps) {
  return (
    <span className={cx(SHAPE, TONES[tone])} title={title}>
      {Icon ? <Icon aria-hidden className="!size-3.5" /> : null}
      <span className="truncate">{children}</span>
    </span>
  )
}

interface ChipButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly tone?: Tone
  readonly icon?: LucideIcon
  readonly ref?: Ref<HTMLButtonElement>
}

/** A chip that opens something: why it is there, or what to change. */
export function ChipButton({ tone = 'plain', icon: Icon, children, className, ...rest }: ChipButtonProps) {
  return (
    <button
      type="button"
      className={cx(
        SHAPE,
        TONES[tone],
        'pointer-coarse:h-11 pointer-coarse:border-y-10 pointer-coarse:border-transparent pointer-coarse:bg-clip-padding',
        'transition-shadow duration-[120ms] hover:shadow-[inset_0_0_0_1px_var(--control)] data-[state=open]:shadow-[inset_0_0_0_1px_var(--control)]',
        className,
      )}
      {...rest}
    >
      {Icon ? <Icon aria-hidden className="!size-3.5" /> : null}
      <span className="truncate">{children}</span>
    </button>
  )
}
