import { useQuery } from '@tanstack/react-query'
import { ChevronRight } from 'lucide-react'
import { DropdownMenu as M } from 'radix-ui'
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { inboxesQuery, peopleQuery, tagsQuery } from '../../api/queries/desk'
import { intentsQuery } from '../../api/queries/settings'
import type { Channel } from '../../api/types'
import { say } from '../../i18n/mark'
import type { Filter } from '../../lib/inbox/query'
import { list } from '../../lib/list'
import { perLocale } from '../../lib/locale'
import { channelLabel, channelNames } from '../../lib/words'
import { cx } from '../../ui/cx'
import { PRIORITIES } from './priority'
import { useListView } from './view'

const NAMES: Readonly<Record<Filter, string>> = {
  assignee: say('Assigned to'),
  inbox: say('Inbox'),
  channel: say('Channel'),
  tag: say('Label'),
  intent: say('About'),
  priority: say('Priority'),
  language: say('Language'),
}
const LANGUAGES = ['en', 'de', 'es', 'pt', 'fr', 'it', 'nl', 'pl'] as const
const languageNames = perLocale((l) => new Intl.DisplayNames([l], { type: 'language' }))

interface Value {
  readonly value: string
  readonly label: string
}

function useValues(): Readonly<Record<Filter, readonly Value[]>> {
  const { t } = useTranslation()
  const people = list(useQuery(peopleQuery).data)
  const tags = list(useQuery(tagsQuery).data)
  const inboxes = list(useQuery(inboxesQuery).data)
  const intents = list(useQuery(intentsQuery).data?.items)
  return {
    assignee: [
      { value: 'none', label: t('Nobody') },
      ...people.filter((p) => !p.disabled).map((p) => ({ value: p.id, label: p.name })),
    ],
    inbox: inboxes.map((i) => ({ value: i.id, label: i.name })),
    channel: channelNames.filter((c) => c !== 'web').map((c) => ({ value: c, label: t(channelLabel(c)) })),
    tag: tags.filter((x) => !x.archived).map((x) => ({ value: x.id, label: x.name })),
    intent: intents.map((i) => ({ value: i.name, label: i.label })),
    priority: [3, 2, 1, 0].map((p) => ({ value: String(p), label: t(PRIORITIES[p as 0]) })),
    language: LANGUAGES.map((l) => ({ value: l, label: languageNames().of(l) ?? l })),
  }
}

/** A filter as people say it: "Label: Billing". */
export function useFilterWords(): (name: Filter, value: string) => string {
  const { t } = useTranslation()
  const values = useValues()
  return (name, value) => {
    const label =
      values[name].find((v) => v.value === value)?.label ??
      (name === 'channel' ? channelLabel(value as Channel) : value)
    return `${t(NAMES[name])}: ${label}`
  }
}

const ITEM =
  'flex min-h-8 cursor-default items-center gap-2 rounded-control px-2 text-body outline-none select-none data-[highlighted]:bg-sunken data-[state=open]:bg-sunken'
const BOX =
  'enter-fade z-40 max-h-[60dvh] min-w-48 max-w-72 overflow-y-auto rounded-card border border-line bg-raised p-1 shadow-overlay'

/** Builds a filter: what, then which. */
export function FilterMenu({ trigger }: { readonly trigger: ReactElement }) {
  const { t } = useTranslation()
  const view = useListView()
  const values = useValues()
  const { given, search } = view
  const names = Object.keys(NAMES) as Filter[]
  return (
    <M.Root modal={false}>
      <M.Trigger asChild>{trigger}</M.Trigger>
      <M.Portal>
        <M.Content align="end" sideOffset={4} collisionPadding={12} className={BOX}>
          {names
            .filter((n) => values[n].length > 0)
            .map((n) => (
              <M.Sub key={n}>
                <M.SubTrigger className={ITEM}>
                  <span className="flex-1">{t(NAMES[n])}</span>
                  <ChevronRight aria-hidden className="text-muted" />
                </M.SubTrigger>
                <M.Portal>
                  <M.SubContent className={BOX} sideOffset={4} collisionPadding={12}>
                    {values[n].map((v) => (
                      <M.Item
                        key={v.value}
                        className={cx(ITEM, given[n] === v.value && 'font-medium text-accent-hover')}
                        onSelect={() => view.setSearch({ ...given, [n]: given[n] === v.value ? undefined : v.value })}
                      >
                        <span className="truncate">{v.label}</span>
                      </M.Item>
                    ))}
                  </M.SubContent>
                </M.Portal>
              </M.Sub>
            ))}
          <M.Separator className="my-1 h-px bg-line" />
          <M.CheckboxItem
            className={ITEM}
            checked={given.unread === true}
            onCheckedChange={(on) => view.setSearch({ ...given, unread: on })}
          >
            <span className="flex-1">{t('Only unread')}</span>
            <M.ItemIndicator>✓</M.ItemIndicator>
          </M.CheckboxItem>
          <M.CheckboxItem
            className={ITEM}
            checked={given.breached === true}
            onCheckedChange={(on) => view.setSearch({ ...given, breached: on })}
          >
            <span className="flex-1">{t('Only overdue')}</span>
            <M.ItemIndicator>✓</M.ItemIndicator>
          </M.CheckboxItem>
          <M.CheckboxItem
            className={ITEM}
            checked={search.status === 'ignored'}
            onCheckedChange={(on) => view.setSearch({ ...given, status: on ? 'ignored' : 'todo' })}
          >
            <span className="flex-1">{t('What was ignored')}</span>
            <M.ItemIndicator>✓</M.ItemIndicator>
          </M.CheckboxItem>
          <M.CheckboxItem
            className={ITEM}
            checked={search.status === 'any'}
            onCheckedChange={(on) => view.setSearch({ ...given, status: on ? 'any' : 'todo' })}
          >
            <span className="flex-1">{t('Any status')}</span>
            <M.ItemIndicator>✓</M.ItemIndicator>
          </M.CheckboxItem>
        </M.Content>
      </M.Portal>
    </M.Root>
  )
}
