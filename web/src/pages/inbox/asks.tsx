import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { Clock } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Case, CaseSet, CaseStatus, Priority } from '../../api/desk'
import { customerCasesQuery } from '../../api/queries/cases'
import { createTag, inboxesQuery, peopleQuery, tagsQuery, teamsQuery } from '../../api/queries/desk'
import { customerJourneysQuery } from '../../api/queries/journeys'
import { list } from '../../lib/list'
import { useNow } from '../../lib/now'
import { relative } from '../../lib/time'
import { stateLabel } from '../../lib/words'
import { typedMoment } from '../../lib/zone'
import { Avatar } from '../../ui/avatar'
import { ChannelGlyph } from '../../ui/channel'
import { INPUT } from '../../ui/field'
import { type Option, Picker } from '../../ui/picker'
import { attempt } from '../../ui/undo'
import { PRIORITIES, PriorityMark } from './priority'
import { statusWords } from './status'
import { TAG_COLOURS, tagColour } from './tag-colour'
import { exactAt, parseWhen, presets, shortWhen } from './when-words'
import type { Then, Work } from './work'

export type AskKind = 'assign' | 'snooze' | 'label' | 'priority' | 'status' | 'merge' | 'journey' | 'inbox'
export interface Ask {
  readonly kind: AskKind
  readonly cases: readonly Case[]
}

interface AsksProps {
  readonly ask: Ask | undefined
  readonly onClose: () => void
  readonly work: Work
  /** What follows when a change takes the conversations out of the queue. */
  readonly leaving: (cases: readonly Case[]) => Then
  /** Many at once are shown before they are changed. */
  readonly change: (cases: readonly Case[], set: CaseSet, words: string, then?: Then) => void
}

/** The choices behind the keys a, z, l, p, s: one at a time, over the page. */
export function Asks({ ask, onClose, ...rest }: AsksProps) {
  if (!ask || ask.cases.length === 0) return null
  const props = { ...rest, cases: ask.cases, onClose }
  switch (ask.kind) {
    case 'assign':
      return <Assign {...props} />
    case 'snooze':
      return <Snooze {...props} />
    case 'label':
      return <Label {...props} />
    case 'priority':
      return <PriorityAsk {...props} />
    case 'status':
      return <StatusAsk {...props} />
    case 'merge':
      return <Merge {...props} />
    case 'journey':
      return <JourneyAsk {...props} />
    case 'inbox':
      return <InboxAsk {...props} />
  }
}

interface AskProps extends Omit<AsksProps, 'ask'> {
  readonly cases: readonly Case[]
}
const open = (onClose: () => void) => ({ open: true, onOpenChange: (o: boolean) => o || onClose() })

function Assign({ cases, onClose, work, change }: AskProps) {
  const { t } = useTranslation()
  const people = list(useQuery(peopleQuery).data).filter((p) => !p.disabled)
  const teams = list(useQuery(teamsQuery).data)
  const current = cases.length === 1 ? cases[0] : undefined
  const mine = people.find((p) => p.id === work.me)
  const options: readonly Option[] = [
    ...(mine ? [mine, ...people.filter((p) => p.id !== work.me)] : people).map((p) => ({
      id: `person:${p.id}`,
      label: p.id === work.me ? t('{{name}} (you)', { name: p.name }) : p.name,
      group: t('People'),
      icon: <Avatar name={p.name} picture={p.picture} ours size="small" />,
      on: current?.assignee_id === p.id,
      ...(p.presence && p.presence !== 'offline' ? { hint: t('Online') } : {}),
    })),
    { id: 'person:', label: t('Nobody'), group: t('People'), on: current?.assignee_id === '' },
    ...teams.map((x) => ({ id: `team:${x.id}`, label: x.name, group: t('Teams'), on: current?.team_id === x.id })),
  ]
  const pick = (id: string) => {
    onClose()
    const [kind, value = ''] = id.split(':')
    if (kind === 'team') change(cases, { team_id: value }, t('Given to {{name}}', { name: work.names.team(value) }))
    else
      change(
        cases,
        { assignee_id: value },
        value === '' ? t('Assigned to nobody') : t('Assigned to {{name}}', { name: work.names.person(value) }),
      )
  }
  return (
    <Picker {...open(onClose)} title={t('Assign')} placeholder={t('Assign to whom?')} options={options} onPick={pick} />
  )
}

function Snooze({ cases, onClose, change, leaving }: AskProps) {
  const { t } = useTranslation()
  const now = useNow()
  const [text, setText] = useState('')
  const [date, setDate] = useState('')
  const typed = parseWhen(text, now)
  const low = text.trim().toLowerCase()
  const options: Option[] = presets(now)
    .filter((p) => low === '' || t(p.label).toLowerCase().includes(low))
    .map((p) => ({
      id: String(p.at),
      label: t(p.label),
      hint: shortWhen(new Date(p.at).toISOString(), now),
      icon: <Clock aria-hidden className="text-muted" />,
    }))
  if (typed && !options.some((o) => o.id === String(typed)))
    options.unshift({ id: String(typed), label: exactAt(typed), icon: <Clock aria-hidden className="text-muted" /> })
  const pick = (at: number) => {
    onClose()
    const iso = new Date(at).toISOString()
    change(
      cases,
      { status: 'snoozed', snoozed_until: iso },
      t('Snoozed until {{when}}', { when: shortWhen(iso, now) }),
      leaving(cases),
    )
  }
  return (
    <Picker
      {...open(onClose)}
      title={t('Snooze')}
      placeholder={t('Until when? 3h, fri, 14:30, 24 Dec')}
      options={options}
      onSearch={setText}
      empty={t('That is no time that I know. Try 2d, mon or 15:00.')}
      onPick={(id) => pick(Number(id))}
    >
      <form
        className="flex items-end gap-2"
        onSubmit={(e) => {
          e.preventDefault()
          const at = typedMoment(date)
          if (at > now) pick(at)
        }}
      >
        <label className="flex flex-1 flex-col gap-1 text-label font-medium">
          {t('Date and time')}
          <input type="datetime-local" value={date} onChange={(e) => setDate(e.target.value)} className={INPUT} />
        </label>
        <button
          type="submit"
          disabled={!(typedMoment(date) > now)}
          className="h-9 rounded-control bg-accent px-3 font-medium text-on-accent disabled:opacity-50"
        >
          {t('Snooze')}
        </button>
      </form>
    </Picker>
  )
}

function Label({ cases, onClose, change }: AskProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const tags = list(useQuery(tagsQuery).data).filter((x) => !x.archived)
  const has = (id: string) => cases.every((c) => list(c.tags).some((x) => x.id === id))
  const pick = (id: string, name: string) => {
    onClose()
    if (has(id)) change(cases, { remove_tags: [id] }, t('Label “{{name}}” taken off', { name }))
    else change(cases, { add_tags: [id] }, t('Labelled “{{name}}”', { name }))
  }
  return (
    <Picker
      {...open(onClose)}
      title={t('Label')}
      placeholder={t('Which label?')}
      empty={t('There is no such label yet.')}
      options={tags.map((x) => ({
        id: x.id,
        label: x.name,
        on: has(x.id),
        icon: <span aria-hidden className="size-2.5 rounded-full" style={{ background: tagColour(x.colour) }} />,
      }))}
      onPick={(id) => pick(id, tags.find((x) => x.id === id)?.name ?? '')}
      makeLabel={(text) => t('Make the label “{{name}}”', { name: text })}
      onMake={(name) => {
        onClose()
        attempt(t('The label was not made'), async () => {
          const made = await createTag(client, name, TAG_COLOURS[tags.length % TAG_COLOURS.length] ?? 'grey')
          change(cases, { add_tags: [made.id] }, t('Labelled “{{name}}”', { name }))
        })
      }}
    />
  )
}

function PriorityAsk({ cases, onClose, change }: AskProps) {
  const { t } = useTranslation()
  return (
    <Picker
      {...open(onClose)}
      title={t('Priority')}
      placeholder={t('How pressing is it?')}
      options={([3, 2, 1, 0] as const).map((p) => ({
        id: String(p),
        label: t(PRIORITIES[p]),
        icon: <PriorityMark priority={p} always />,
        on: cases.every((c) => c.priority === p),
      }))}
      onPick={(id) => {
        onClose()
        const priority = Number(id) as Priority
        change(cases, { priority }, t('Priority: {{name}}', { name: t(PRIORITIES[priority]) }))
      }}
    />
  )
}

const STATUSES = ['todo', 'waiting', 'done', 'ignored'] as const

function StatusAsk({ cases, onClose, change, leaving }: AskProps) {
  const { t } = useTranslation()
  const options: readonly Option[] = [
    ...STATUSES.map((s) => ({
      id: s,
      label: t(statusWords[s]),
      on: cases.every((c) => c.status === s && c.reason !== 'investigating'),
    })),
    {
      id: 'investigating',
      label: t('Todo: we are looking into it'),
      on: cases.every((c) => c.reason === 'investigating'),
    },
  ]
  return (
    <Picker
      {...open(onClose)}
      title={t('Status')}
      placeholder={t('Whose turn is it?')}
      options={options}
      onPick={(id) => {
        onClose()
        if (id === 'investigating') {
          change(cases, { status: 'todo', reason: 'investigating' }, t('Todo: we are looking into it'))
          return
        }
        const status = id as CaseStatus
        change(cases, { status }, t(statusWords[status]), status === 'todo' ? undefined : leaving(cases))
      }}
    />
  )
}

function Merge({ cases, onClose, work, leaving }: AskProps) {
  const { t } = useTranslation()
  const now = useNow()
  const c = cases[0]
  const query = useQuery(customerCasesQuery(c?.customer_id ?? ''))
  const others = list(query.data?.items).filter((o) => o.id !== c?.id && !o.merged_into)
  if (!c) return null
  return (
    <Picker
      {...open(onClose)}
      title={t('Merge')}
      placeholder={t('Merge into which conversation of {{name}}?', { name: c.customer_name })}
      empty={query.isPending ? t('Reading…') : t('{{name}} has no other conversation.', { name: c.customer_name })}
      options={others.map((o) => ({
        id: o.id,
        label: o.subject || o.preview || t('No subject'),
        hint: `${t(statusWords[o.status])}, ${relative(o.last_at, now)}`,
        icon: <ChannelGlyph channel={o.channel} silent />,
      }))}
      onPick={(id) => {
        onClose()
        const other = others.find((o) => o.id === id)
        if (other) work.merge(c, other, leaving([c]))
      }}
    />
  )
}

function JourneyAsk({ cases, onClose, work }: AskProps) {
  const { t } = useTranslation()
  const c = cases[0]
  const query = useInfiniteQuery(customerJourneysQuery(c?.customer_id ?? ''))
  const journeys = useMemo(() => (query.data?.pages ?? []).flatMap((p) => list(p.items)), [query.data])
  if (!c) return null
  return (
    <Picker
      {...open(onClose)}
      title={t('Link to a journey')}
      placeholder={t('Which journey does it belong to?')}
      options={journeys.map((j) => ({
        id: j.id,
        label: j.intent_label || j.title || t('Not yet clear what it is about'),
        hint: t(stateLabel(j.state)),
        on: j.id === c.journey_id,
      }))}
      onPick={(id) => {
        onClose()
        work.link(c, id)
      }}
    />
  )
}

function InboxAsk({ cases, onClose, change }: AskProps) {
  const { t } = useTranslation()
  const inboxes = list(useQuery(inboxesQuery).data)
  return (
    <Picker
      {...open(onClose)}
      title={t('Move to an inbox')}
      placeholder={t('Which inbox?')}
      options={inboxes.map((i) => ({ id: i.id, label: i.name, hint: i.address }))}
      onPick={(id) => {
        onClose()
        change(cases, { inbox_id: id }, t('Moved to {{name}}', { name: inboxes.find((i) => i.id === id)?.name ?? '' }))
      }}
    />
  )
}
