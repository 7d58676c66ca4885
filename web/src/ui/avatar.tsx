import { cx } from './cx'

/** The first letters of the first and last name. */
export function initials(name: string): string {
  const words = name
    .replace(/[^\p{L}\p{N}\s.@-]/gu, '')
    .split(/[\s.@]+/)
    .filter(Boolean)
  const first = words[0]?.charAt(0) ?? '?'
  const last = words.length > 1 && !name.includes('@') ? (words[words.length - 1]?.charAt(0) ?? '') : ''
  return (first + last).toUpperCase()
}

interface AvatarProps {
  readonly name: string
  readonly size?: 'tiny' | 'small' | 'normal'
  /** Colleagues look different from customers. */
  readonly ours?: boolean
  readonly title?: string
  readonly className?: string
}

const SIZES = { tiny: 'size-5 text-[9px]', small: 'size-6 text-[10px]', normal: 'size-8 text-label' } as const

/** A person as letters; the name stands beside it or in its title. */
export function Avatar({ name, size = 'small', ours, title, className }: AvatarProps) {
  return (
    <span
      {...(title ? { title, role: 'img', 'aria-label': title } : { 'aria-hidden': true })}
      className={cx(
        'inline-flex flex-none items-center justify-center rounded-full font-medium select-none',
        SIZES[size],
        ours ? 'bg-accent-soft text-accent-hover' : 'bg-line text-text',
        className,
      )}
    >
      {initials(name)}
    </span>
  )
}
