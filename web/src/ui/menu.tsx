import { DropdownMenu as M } from 'radix-ui'
import type { ReactElement, ReactNode } from 'react'
import type { Action } from '../actions/registry'
import { cx } from './cx'
import { Keys } from './keys'

const ITEM =
  'flex min-h-8 cursor-default items-center gap-2 rounded-control px-2 text-body outline-none select-none data-[disabled]:opacity-50 data-[highlighted]:bg-sunken'

interface MenuProps {
  readonly trigger: ReactElement
  readonly children: ReactNode
  readonly align?: 'start' | 'end'
}

export function Menu({ trigger, children, align = 'end' }: MenuProps) {
  return (
    <M.Root modal={false}>
      <M.Trigger asChild>{trigger}</M.Trigger>
      <M.Portal>
        <M.Content
          align={align}
          sideOffset={4}
          collisionPadding={12}
          className="enter-fade z-40 max-h-[70dvh] min-w-52 max-w-80 overflow-y-auto rounded-card border border-line bg-raised p-1 shadow-overlay"
        >
          {children}
        </M.Content>
      </M.Portal>
    </M.Root>
  )
}

/** A menu of actions, in the order given. */
export function ActionItems({ actions }: { readonly actions: readonly Action[] }) {
  return actions
    .filter((a) => !a.quiet)
    .map((action) => (
      <M.Item key={action.id} onSelect={action.run} className={cx(ITEM, action.danger && 'text-danger-text')}>
        {action.icon ? <action.icon aria-hidden /> : <span className="size-4" />}
        <span className="flex-1">{action.label}</span>
        <Keys action={action.id} />
      </M.Item>
    ))
}

interface ChoiceProps<T extends string> {
  readonly label: string
  readonly value: T
  readonly options: readonly { readonly value: T; readonly label: string; readonly icon?: ReactNode }[]
  readonly onChange: (value: T) => void
}

/** One of several, inside a menu. */
export function Choices<T extends string>({ label, value, options, onChange }: ChoiceProps<T>) {
  return (
    <M.Group>
      <M.Label className="caps px-2 py-1">{label}</M.Label>
      <M.RadioGroup value={value} onValueChange={(v) => onChange(options.find((o) => o.value === v)?.value ?? value)}>
        {options.map((o) => (
          <M.RadioItem
            key={o.value}
            value={o.value}
            className={cx(ITEM, 'data-[state=checked]:font-medium data-[state=checked]:text-accent')}
          >
            {o.icon ?? null}
            <span className="flex-1">{o.label}</span>
            <M.ItemIndicator>✓</M.ItemIndicator>
          </M.RadioItem>
        ))}
      </M.RadioGroup>
    </M.Group>
  )
}

export const MenuLine = () => <M.Separator className="my-1 h-px bg-line" />
