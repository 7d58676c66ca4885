import { Command, useCommandState } from 'cmdk'
import { Check } from 'lucide-react'
import { Dialog as D } from 'radix-ui'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMedia } from '../lib/use-media'

export interface Option {
  readonly id: string
  readonly label: string
  readonly hint?: string
  readonly group?: string
  readonly icon?: ReactNode
  readonly on?: boolean
}

interface PickerProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly title: string
  readonly placeholder: string
  readonly options: readonly Option[]
  readonly onPick: (id: string) => void
  /** Offered when nothing has the typed name. */
  readonly onMake?: (text: string) => void
  readonly makeLabel?: (text: string) => string
  readonly empty?: string
  readonly aside?: ReactNode
  readonly onSearch?: (text: string) => void
  readonly onHighlight?: (id: string) => void
  readonly children?: ReactNode
}

export const PICK_ITEM =
  'flex min-h-9 cursor-default items-center gap-3 rounded-control px-2 py-1 text-body data-[selected=true]:bg-accent-soft data-[selected=true]:text-accent-hover'

/** Choose one by typing, arrows or pointer: the same for people, labels, times and states. */
export function Picker(props: PickerProps) {
  // A keyboard that came up by itself would hide what there is to choose.
  const fingers = useMedia('(pointer: coarse)')
  return (
    <D.Root open={props.open} onOpenChange={props.onOpenChange}>
      <D.Portal>
        <D.Overlay className="enter-fade fixed inset-0 z-50 bg-scrim" />
        <D.Content
          aria-describedby={undefined}
          onOpenAutoFocus={(e) => {
            if (!fingers) return
            e.preventDefault()
            if (e.currentTarget instanceof HTMLElement) e.currentTarget.focus()
          }}
          className={`enter-fade fixed top-[12dvh] left-1/2 z-50 max-h-[76dvh] ${props.aside ? 'w-[min(820px,calc(100vw-24px))]' : 'w-[min(480px,calc(100vw-24px))]'} -translate-x-1/2 overflow-hidden rounded-dialog border border-line bg-raised shadow-overlay outline-none max-md:above-edge max-md:inset-x-0 max-md:top-auto max-md:bottom-0 max-md:w-full max-md:translate-x-0 max-md:rounded-b-none`}
        >
          <D.Title className="sr-only">{props.title}</D.Title>
          {props.open ? <Body {...props} fingers={fingers} /> : null}
        </D.Content>
      </D.Portal>
    </D.Root>
  )
}

function everyWord(value: string, search: string): number {
  const low = value.toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((w) => low.includes(w))
    ? 1
    : 0
}

function Body({
  title,
  placeholder,
  options,
  onPick,
  onMake,
  makeLabel,
  empty,
  aside,
  onSearch,
  onHighlight,
  fingers,
  children,
}: PickerProps & { readonly fingers: boolean }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const groups = [...new Set(options.map((o) => o.group ?? ''))]
  const typed = text.trim()
  const same = options.some((o) => o.label.toLowerCase() === typed.toLowerCase())
  return (
    <Command
      label={title}
      loop
      filter={onSearch ? () => 1 : everyWord}
      {...(onHighlight ? { onValueChange: (v: string) => onHighlight(v.slice(v.lastIndexOf(' ') + 1)) } : {})}
      className="flex max-h-[76dvh] flex-col"
    >
      <Command.Input
        autoFocus={!fingers}
        value={text}
        onValueChange={(v) => {
          setText(v)
          onSearch?.(v)
        }}
        placeholder={placeholder}
        className="h-12 w-full flex-none border-b border-line bg-transparent px-4 text-msg outline-none placeholder:text-muted"
      />
      <div className="flex min-h-0 flex-1 max-md:flex-col">
        <Nothing>{empty ?? t('Nothing by that name.')}</Nothing>
        <Command.List
          className="max-h-[56dvh] min-h-0 flex-1 overflow-y-auto p-2 empty:hidden has-[>div:empty]:hidden"
          label={title}
        >
          {groups.map((group) => (
            <Command.Group key={group} {...(group ? { heading: group } : {})}>
              {options
                .filter((o) => (o.group ?? '') === group)
                .map((o) => (
                  <Command.Item
                    key={o.id}
                    value={`${o.label} ${o.hint ?? ''} ${o.id}`}
                    className={PICK_ITEM}
                    onSelect={() => onPick(o.id)}
                  >
                    {o.icon ?? null}
                    <span className="min-w-0 flex-1 truncate">{o.label}</span>
                    {o.hint ? <span className="flex-none text-label text-muted">{o.hint}</span> : null}
                    {o.on ? <Check aria-label={t('chosen')} className="!size-4" /> : null}
                  </Command.Item>
                ))}
            </Command.Group>
          ))}
          {onMake && typed !== '' && !same ? (
            <Command.Item value={`make ${typed}`} forceMount className={PICK_ITEM} onSelect={() => onMake(typed)}>
              {makeLabel?.(typed) ?? typed}
            </Command.Item>
          ) : null}
        </Command.List>
        {aside ? (
          <div className="w-[380px] flex-none overflow-y-auto border-l border-line p-4 max-md:hidden">{aside}</div>
        ) : null}
      </div>
      {children ? <div className="flex-none border-t border-line p-3">{children}</div> : null}
    </Command>
  )
}

/** Says that nothing is offered; beside the list, since a list may hold only what can be chosen. */
function Nothing({ children }: { readonly children: ReactNode }) {
  const count = useCommandState((state) => state.filtered.count)
  return count === 0 ? <p className="px-4 py-6 text-muted">{children}</p> : null
}
