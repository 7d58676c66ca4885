import { Tooltip } from 'radix-ui'
import { type ReactElement, useState } from 'react'
import { Keys, type KeysProps } from './keys'

interface TipProps extends KeysProps {
  readonly text: string
  /** Says nothing, as while what it opens is open. */
  readonly off?: boolean
  readonly side?: 'top' | 'bottom'
  readonly children: ReactElement
}

export function Tip({ text, off = false, side = 'top', children, ...keys }: TipProps) {
  const [on, setOn] = useState(false)
  return (
    <Tooltip.Root open={on && !off} onOpenChange={setOn}>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className="z-50 flex max-w-72 items-center gap-2 rounded-control border border-line bg-raised px-2 py-1 text-label shadow-overlay"
        >
          {text}
          <Keys {...keys} />
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}
