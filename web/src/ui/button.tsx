import type { LucideIcon } from 'lucide-react'
import type { ButtonHTMLAttributes, Ref } from 'react'
import { cx } from './cx'
import type { KeysProps } from './keys'
import { Tip } from './tip'

type Look = 'primary' | 'plain' | 'ghost' | 'danger' | 'link'

const LOOKS: Readonly<Record<Look, string>> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover',
  plain: 'border border-line bg-surface hover:bg-sunken',
  ghost: 'hover:bg-sunken text-muted hover:text-text',
  danger: 'border border-line bg-surface text-danger-text hover:bg-danger-soft',
  link: 'text-accent hover:underline underline-offset-2 !px-0 !h-6',
}

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: Look
  readonly size?: 'normal' | 'small'
  readonly ref?: Ref<HTMLButtonElement>
}

export function Button({ look = 'plain', size = 'normal', className, type = 'button', ...rest }: ButtonProps) {
  return (
    <button
      type={type}
      className={cx(
        'inline-flex items-center justify-center gap-2 rounded-control font-medium whitespace-nowrap transition-colors duration-[120ms] disabled:opacity-50',
        size === 'normal' ? 'h-9 px-3 text-body' : 'h-7 px-2 text-label',
        LOOKS[look],
        className,
      )}
      {...rest}
    />
  )
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement>, KeysProps {
  readonly icon: LucideIcon
  readonly label: string
  readonly small?: boolean
  readonly ref?: Ref<HTMLButtonElement>
}

/** A button that shows only an icon; its label is its name and its tooltip. */
export function IconButton({
  icon: Icon,
  label,
  keys,
  action,
  small,
  className,
  type = 'button',
  ...rest
}: IconButtonProps) {
  return (
    <Tip text={label} {...(action ? { action } : keys ? { keys } : {})}>
      <button
        type={type}
        aria-label={label}
        className={cx(
          'inline-flex flex-none items-center justify-center rounded-control text-muted transition-colors duration-[120ms] hover:bg-sunken hover:text-text data-[state=open]:bg-sunken disabled:opacity-50',
          small ? 'size-6' : 'size-9',
          className,
        )}
        {...rest}
      >
        <Icon aria-hidden />
      </button>
    </Tip>
  )
}
