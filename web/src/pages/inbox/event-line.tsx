import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { CaseEvent, CaseStatus } from '../../api/desk'
import type { Names } from '../../lib/inbox/place'
import { useNow } from '../../lib/now'
import { exact, relative } from '../../lib/time'
import { PRIORITIES } from './priority'
import { statusWords } from './status'
import { useInboxView } from './view'
import { shortWhen } from './when-words'

/** What happened to a conversation between its messages, in a line. */
export function EventLine({ items }: { readonly items: readonly CaseEvent[] }) {
  const { t } = useTranslation()
  const now = useNow()
  const { names } = useInboxView().work
  return (
    <ul className="my-3 flex flex-col items-center gap-1 text-center text-label text-muted">
      {items.map((e) => (
        <li
          key={e.id}
          title={exact(e.at)}
          dir="auto"
          className={e.kind === 'rated' ? 'max-w-[64ch] text-body text-text [overflow-wrap:anywhere]' : undefined}
        >
          {eventWords(t, e, names, now)} <time dateTime={e.at}>{relative(e.at, now)}</time>
        </li>
      ))}
    </ul>
  )
}

const str = (v: unknown): string => (typeof v === 'string' ? v : '')
const micros = (v: unknown): string => (typeof v === 'number' && v > 0 ? new Date(v / 1000).toISOString() : '')

/** An event as a sentence; what is not known is said by its kind. */
export function eventWords(t: TFunction, e: CaseEvent, names: Names, now: number): string {
  const who = e.author || t('Rapport')
  const after = e.data?.after ?? {}
  const before = typeof e.data?.before === 'object' ? e.data.before : {}
  switch (e.kind) {
    case 'assigned':
    case 'claimed': {
      const id = str(after.assignee_id)
      if (id === '') return t('{{who}} took the assignment off', { who })
      const name = names.person(id)
      return name === '' || name === who
        ? t('{{who}} took it', { who })
        : t('{{who}} assigned it to {{name}}', { who, name })
    }
    case 'team':
      return t('{{who}} gave it to {{name}}', { who, name: names.team(str(after.team_id)) })
    case 'snoozed': {
      const until = micros(after.snoozed_until)
      return until
        ? t('{{who}} snoozed it until {{when}}', { who, when: shortWhen(until, now) })
        : t('{{who}} snoozed it', { who })
    }
    case 'woke':
      return t('It came back from its snooze')
    case 'status':
    case 'sent':
    case 'macro': {
      const status = str(after.status)
      if (status === 'done') return t('{{who}} closed it', { who })
      if (status === 'todo' && str(before.status) === 'done') return t('{{who}} opened it again', { who })
      return t('{{who}}: {{status}}', { who, status: t(statusWords[status as CaseStatus] ?? status) })
    }
    case 'reopened':
      return t('It was opened again')
    case 'reason':
      return t('{{who}} is looking into it', { who })
    case 'priority':
      return t('{{who}} set the priority: {{name}}', { who, name: t(PRIORITIES[Number(after.priority) as 0] ?? '') })
    case 'tags':
      return tagWords(t, who, before.tags, after.tags, names)
    case 'inbox':
      return t('{{who}} moved it to another inbox', { who })
    case 'merged_in':
      return t('{{who}} merged another conversation into it', { who })
    case 'merged':
      return t('{{who}} merged it into another conversation', { who })
    case 'split':
      return t('{{who}} split messages off', { who })
    case 'journey':
      return t('{{who}} linked it to another journey', { who })
    case 'asked':
      return t('The customer was asked how it went')
    case 'rated':
      return ratedWords(t, e)
    case 'breached':
      return t('The promised time was missed')
    case 'escalated':
      return t('Escalated because the promised time is near')
    default:
      return `${who}: ${e.kind.replaceAll('_', ' ')}`
  }
}

/** "Anna rated this 2 of 5: …" */
function ratedWords(t: TFunction, e: CaseEvent): string {
  const who = e.author || t('The customer')
  const { score = 0, high = 0, comment = '', before } = e.data ?? {}
  const again = typeof before === 'number'
  const rated = again
    ? t('{{who}} changed the rating to {{score}} of {{high}}', { who, score, high })
    : t('{{who}} rated this {{score}} of {{high}}', { who, score, high })
  return comment ? `${rated}: “${comment}”` : rated
}

function tagWords(t: TFunction, who: string, before: unknown, after: unknown, names: Names): string {
  const ids = (v: unknown): readonly string[] => (Array.isArray(v) ? v.map(String) : [])
  const added = ids(after).filter((id) => !ids(before).includes(id))
  const gone = ids(before).filter((id) => !ids(after).includes(id))
  const name = (id: string | undefined) => (id ? (names.tag(id)?.name ?? '') : '')
  if (added.length === 1 && gone.length === 0) return t('{{who}} labelled it “{{name}}”', { who, name: name(added[0]) })
  if (gone.length === 1 && added.length === 0)
    return t('{{who}} took the label “{{name}}” off', { who, name: name(gone[0]) })
  return t('{{who}} changed the labels', { who })
}
