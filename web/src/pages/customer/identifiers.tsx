import { BadgeCheck, Eye, MessageCircleQuestion, Users } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Identifier } from '../../api/types'
import { identifierKind, identifierStatus, methodLabel, middle } from '../../lib/words'
import { Chip, ChipButton } from '../../ui/chip'
import { Popover } from '../../ui/popover'
import { When } from '../../ui/when'

const LOOK = {
  verified: ['success', BadgeCheck],
  seen: ['plain', Eye],
  claimed: ['warning', MessageCircleQuestion],
} as const
const ORDER = { verified: 0, seen: 1, claimed: 2 } as const

/** What recognises the customer, and how sure each is. */
export function Identifiers({ items }: { readonly items: readonly Identifier[] }) {
  const { t } = useTranslation()
  const sorted = [...items].sort((a, b) => ORDER[a.status] - ORDER[b.status])
  return (
    <ul className="flex flex-col gap-3">
      {sorted.map((i) => (
        <li key={`${i.kind} ${i.value} ${i.profile_id}`} className="flex flex-col">
          <span className="flex flex-wrap items-center justify-between gap-x-2 gap-y-1">
            <span className="text-label text-muted">{t(identifierKind(i.kind))}</span>
            <span className="flex flex-wrap gap-1">
              {i.shared ? <Shared /> : null}
              <How identifier={i} />
            </span>
          </span>
          <span className="text-body [overflow-wrap:anywhere]" title={i.value}>
            {middle(i.value, 44)}
          </span>
        </li>
      ))}
    </ul>
  )
}

function How({ identifier: i }: { readonly identifier: Identifier }) {
  const { t } = useTranslation()
  const [tone, icon] = LOOK[i.status] ?? LOOK.seen
  const [label, why] = identifierStatus[i.status] ?? identifierStatus.seen
  return (
    <Popover
      label={t('{{status}}: how and when', { status: t(label) })}
      align="end"
      trigger={
        <ChipButton tone={tone} icon={icon}>
          {t(label)}
        </ChipButton>
      }
    >
      <p className="font-semibold">{t(label)}</p>
      <p className="mt-1">
        {t(why)}
        {i.method ? `: ${t(methodLabel(i.method))}` : ''}.
      </p>
      <dl className="mt-3 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 border-t border-line pt-2 text-label">
        <dt className="text-muted">{t('Came from')}</dt>
        <dd>{i.source}</dd>
        <dt className="text-muted">{t('First')}</dt>
        <dd>
          <When at={i.first_seen} />
        </dd>
        <dt className="text-muted">{t('Last')}</dt>
        <dd>
          <When at={i.last_seen} />
        </dd>
        {i.name ? (
          <>
            <dt className="text-muted">{t('With the name')}</dt>
            <dd>{i.name}</dd>
          </>
        ) : null}
      </dl>
    </Popover>
  )
}

function Shared() {
  const { t } = useTranslation()
  return (
    <Chip tone="warning" icon={Users} title={t('Several customers use it, so it identifies nobody alone')}>
      {t('Shared')}
    </Chip>
  )
}
