import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { type Behind, behindQuery, type JudgedContact } from '../../../api/queries/accuracy'
import { flat } from '../../../api/queries/pages'
import { Button } from '../../../ui/button'
import { Chip } from '../../../ui/chip'
import { Dialog } from '../../../ui/dialog'
import { Failed, Skeleton } from '../../../ui/states'
import { When } from '../../../ui/when'
import { useIntentLabel } from '../../customer/use-intents'

interface BehindProps {
  readonly days: number
  readonly of: string
  readonly behind: Behind | undefined
  readonly onClose: () => void
}

/** The contacts behind a figure, with the way to each. */
export function BehindDialog({ days, of, behind, onClose }: BehindProps) {
  return (
    <Dialog wide open={behind !== undefined} onOpenChange={(open) => !open && onClose()} title={behind?.title ?? ''}>
      {behind ? <Contacts days={days} of={of} behind={behind} /> : null}
    </Dialog>
  )
}

function Contacts({ days, of, behind }: { readonly days: number; readonly of: string; readonly behind: Behind }) {
  const { t } = useTranslation()
  const query = useInfiniteQuery(behindQuery(days, of, behind))
  const contacts = flat(query.data)
  if (query.isError)
    return <Failed error={query.error} what={t('The contacts could not be read')} retry={() => void query.refetch()} />
  if (query.isPending) return <Skeleton rows={3} />
  if (contacts.length === 0) return <p className="text-muted">{t('None.')}</p>
  return (
    <>
      <ul className="border-t border-line">
        {contacts.map((c) => (
          <One key={c.interaction_id} contact={c} />
        ))}
      </ul>
      {query.hasNextPage ? (
        <Button className="mt-3" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('Show more')}
        </Button>
      ) : null}
    </>
  )
}

function One({ contact: c }: { readonly contact: JudgedContact }) {
  const { t } = useTranslation()
  const nameOf = useIntentLabel()
  const read = c.read_as && c.read_as !== 'none' ? nameOf(c.read_as) : t('Unknown')
  const said = c.intent === 'none' ? t('None of the intents') : nameOf(c.intent)
  return (
    <li className="flex flex-col items-start gap-1 border-b border-line py-3">
      <p dir="auto" className="line-clamp-3 [overflow-wrap:anywhere]">
        {c.text}
      </p>
      <p className="flex max-w-full flex-wrap gap-1">
        <Chip>{t('Read as {{name}}', { name: read })}</Chip>
        <Chip tone="accent">{t('Is {{name}}', { name: said })}</Chip>
        {c.sampled ? <Chip>{t('Random sample')}</Chip> : null}
      </p>
      <p className="text-label text-muted">
        {c.author}, <When at={c.at} /> ·{' '}
        <Link
          to="/inbox/$id"
          params={{ id: c.conversation_id }}
          search={{ queue: 'all', status: 'any' }}
          className="inline-flex min-h-6 items-center text-accent hover:underline"
        >
          {t('To the conversation')}
        </Link>
      </p>
    </li>
  )
}
