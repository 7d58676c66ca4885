import { Popover as P } from 'radix-ui'
import type { ReactElement, ReactNode } from 'react'
import { Tip } from './tip'

interface PopoverProps {
  readonly trigger: ReactElement
  readonly label: string
  readonly children: ReactNode
  readonly open?: boolean
  readonly onOpenChange?: (open: boolean) => void
  readonly width?: number
  readonly align?: 'start' | 'center' | 'end'
  /** What pointing at the trigger or focusing it says, while nothing is open. */
  readonly tip?: string
}

export function Popover({
  trigger,
  label,
  children,
  open,
  onOpenChange,
  width = 320,
  align = 'start',
  tip,
}: PopoverProps) {
  const opens = <P.Trigger asChild>{trigger}</P.Trigger>
  return (
    <P.Root {...(open === undefined ? {} : { open })} {...(onOpenChange ? { onOpenChange } : {})}>
      {tip === undefined ? (
        opens
      ) : (
        <Tip text={tip} off={open === true} side="bottom">
          {opens}
        </Tip>
      )}
      <P.Portal>
        <P.Content
          aria-label={label}
          align={align}
          sideOffset={6}
          collisionPadding={12}
          style={{ width, maxWidth: 'calc(100vw - 24px)', maxHeight: 'var(--radix-popover-content-available-height)' }}
          className="enter-fade z-40 overflow-y-auto rounded-card border border-line bg-raised p-4 text-body shadow-overlay outline-none"
        >
          {children}
        </P.Content>
      </P.Portal>
    </P.Root>
  )
}

export const PopoverClose = P.Close
