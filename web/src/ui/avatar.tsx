import { useState } from 'react'
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

export interface AvatarProps {
  readonly name: string
  readonly size?: 'tiny' | 'small' | 'normal' | 'large'
  /** Colleagues look different from customers. */
  readonly ours?: boolean
  /** The address of a picture; without one, or while it can't be had, letters stand there. */
  readonly picture?: string | undefined
  readonly title?: string
  readonly className?: string
}

const SIZES = {
  tiny: 'size-5 text-[9px]',
  small: 'size-6 text-[10px]',
  normal: 'size-8 text-label',
  large: 'size-20 text-page',
} as const

/** A person as a picture or letters; the name stands beside it or in its title. */
export function Avatar({ name, size = 'small', ours, picture, title, className }: AvatarProps) {
  const [missing, setMissing] = useState('')
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
      {picture && picture !== missing ? (
        <img
          src={picture}
          alt=""
          draggable={false}
          onError={() => setMissing(picture)}
          className="size-full rounded-full object-cover"
        />
      ) : (
        initials(name)
      )}
    </span>
  )
}
