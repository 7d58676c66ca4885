import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useActions } from '../actions/registry'
import { identityChanged, merge, neverLink, undoMerge } from '../api/queries/customers'
import { answered, later, questionsQuery, readAgain } from '../api/queries/review'
import type { CustomerRow, Identifier, IdentityQuestion } from '../api/types'
import { say } from '../i18n/mark'
import { list } from '../lib/list'
import { PageHeader } from '../shell/page-header'
import { Button } from '../ui/button'
import { cx } from '../ui/cx'
import { Empty, Failed, Skeleton } from '../ui/states'
import { attempt, done } from '../ui/undo'
import { When } from '../ui/when'

const FIELDS: Readonly<Record<string, string>> = {
  prior: say('Before looking'),
  name: say('Name'),
  mail: say('Mail address'),
  phone: say('Phone'),
}
const LEVELS: Readonly<Record<string, string>> = {
  equal: say('the same'),
  'nearly equal': say('nearly the same'),
  partly: say('partly the same'),
  'one slip apart': say('one slip apart'),
  similar: say('similar'),
  different: say('different'),
  missing: say('not known'),
}

/** Customers who may be one person, one pair after the other: m merges, n keeps apart, l asks later. */
export function ReviewPage() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const query = useQuery(questionsQuery)
  const questions = list(query.data?.items)
  const [at, setAt] = useState(0)
  const q = questions[Math.min(at, questions.length - 1)]

  const decide = (what: string, work: (q: IdentityQuestion) => Promise<void>) => {
    if (!q) return
    answered(client, q.id)
    attempt(what, async () => {
      try {
        await work(q)
      } finally {
        await readAgain(client)
      }
    })
  }
  const join = () =>
    decide(t('It was not merged'), async (x) => {
      const made = await merge(client, x.a.id, x.b.id, x.reason)
      done(t('{{a}} and {{b}} are one customer now', { a: x.a.name, b: x.b.name }), async () => {
        await undoMerge(client, made.id, x.a.id)
        await readAgain(client)
      })
    })
  const apart = () =>
    decide(t('It was not stored'), async (x) => {
      await neverLink(client, x.a.id, x.b.id)
      await identityChanged(client, x.b.id)
      done(t('{{a}} and {{b}} stay apart; you will not be asked again', { a: x.a.name, b: x.b.name }))
    })
  const wait = () => decide(t('It was not stored'), async (x) => void (await later(x.id)))

  useActions([
    { id: 'review-merge', label: t('Merge'), section: 'Here', run: join },
    { id: 'review-apart', label: t('Not the same person'), section: 'Here', run: apart },
    { id: 'review-later', label: t('Ask me later'), section: 'Here', run: wait },
    {
      id: 'review-next',
      label: t('Next pair'),
      section: 'Here',
      quiet: true,
      run: () => setAt((i) => Math.min(i + 1, questions.length - 1)),
    },
    {
      id: 'review-back',
      label: t('Pair before'),
      section: 'Here',
      quiet: true,
      run: () => setAt((i) => Math.max(i - 1, 0)),
    },
  ])
  return (
    <>
      <PageHeader title={t('Duplicates')}>
        {questions.length > 0 ? (
          <p className="text-body text-muted tabular-nums">
            {t('{{n}} of {{all}}', {
              n: Math.min(at, questions.length - 1) + 1,
              all: `${questions.length}${query.data?.next ? '+' : ''}`,
            })}
          </p>
        ) : null}
      </PageHeader>
      {query.isError ? (
        <Failed error={query.error} what={t('The questions could not be read')} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Skeleton rows={6} />
      ) : q ? (
        <div
          className="min-h-0 flex-1 overflow-y-auto px-6 py-6 max-md:px-4"
          tabIndex={0}
          role="region"
          aria-label={t('Duplicates')}
        >
          <div className="mx-auto flex max-w-4xl flex-col gap-6">
            <p className="text-read" aria-live="polite">
              {q.reason}{' '}
              <span className="text-muted tabular-nums">
                {t('{{share}} sure', { share: `${Math.round(Math.min(q.probability, 0.999) * 1000) / 10} %` })}
              </span>
            </p>
            <div className="grid grid-cols-2 gap-4 max-md:grid-cols-1">
              <Side customer={q.a} identifiers={list(q.a_identifiers)} />
              <Side customer={q.b} identifiers={list(q.b_identifiers)} />
            </div>
            <Waterfall q={q} />
            <div className="flex flex-wrap gap-2">
              <Button look="primary" onClick={join}>
                {t('Merge')} <Key>M</Key>
              </Button>
              <Button onClick={apart}>
                {t('Not the same person')} <Key>N</Key>
              </Button>
              <Button look="ghost" onClick={wait}>
                {t('Ask me later')} <Key>L</Key>
              </Button>
            </div>
          </div>
        </div>
      ) : (
        <Empty title={t('Nobody looks like somebody else')}>
          {t('Likely doubles appear here by themselves. Nobody is merged without you.')}
        </Empty>
      )}
    </>
  )
}

function Key({ children }: { readonly children: string }) {
  return (
    <kbd aria-hidden className="ml-1 text-label opacity-70 max-md:hidden">
      {children}
    </kbd>
  )
}

function Side({
  customer: c,
  identifiers,
}: {
  readonly customer: CustomerRow
  readonly identifiers: readonly Identifier[]
}) {
  const { t } = useTranslation()
  return (
    <article className="rounded-card border border-line bg-surface p-4">
      <Link
        to="/customers/$id"
        params={{ id: c.id }}
        className="text-title font-semibold text-accent underline-offset-2 hover:underline [overflow-wrap:anywhere]"
      >
        {c.name}
      </Link>
      <p className="text-label text-muted">
        {t('{{count}} contacts', { count: c.contacts })} · <When at={c.last_at} />
      </p>
      <ul className="mt-2 text-body [overflow-wrap:anywhere]">
        {identifiers.slice(0, 8).map((i) => (
          <li key={`${i.kind} ${i.value}`}>{i.value}</li>
        ))}
      </ul>
    </article>
  )
}

/** What each field says, in bits: to the right for one person, to the left against. */
function Waterfall({ q }: { readonly q: IdentityQuestion }) {
  const { t } = useTranslation()
  const steps = list(q.steps)
  const most = Math.max(1, ...steps.map((s) => Math.abs(s.bits)), Math.abs(q.bits))
  const bits = (v: number) => `${v < 0 ? '−' : '+'}${Math.abs(v).toFixed(1)}`
  const bar = (v: number) => (
    <span className="relative block h-3 w-full rounded bg-sunken" aria-hidden>
      <span
        className={cx('absolute inset-y-0 rounded', v < 0 ? 'bg-danger' : 'bg-success')}
        style={v < 0 ? { right: '50%', width: `${(50 * -v) / most}%` } : { left: '50%', width: `${(50 * v) / most}%` }}
      />
      <span className="absolute inset-y-0 left-1/2 w-px bg-line" />
    </span>
  )
  return (
    <table className="w-full text-body">
      <caption className="mb-1 text-left text-label text-muted">
        {t('What speaks for one person, and what against')}
      </caption>
      <tbody>
        {steps.map((s) => (
          <tr key={s.field} className="border-t border-line">
            <th scope="row" className="w-40 py-1.5 pr-3 text-left font-normal max-md:w-28">
              {t(FIELDS[s.field] ?? s.field)}
              {s.level ? <span className="block text-label text-muted">{t(LEVELS[s.level] ?? s.level)}</span> : null}
            </th>
            <td>{bar(s.bits)}</td>
            <td className="w-16 text-right tabular-nums">{bits(s.bits)}</td>
          </tr>
        ))}
        <tr className="border-t border-line font-medium">
          <th scope="row" className="py-1.5 pr-3 text-left font-medium">
            {t('Together')}
          </th>
          <td>{bar(q.bits)}</td>
          <td className="text-right tabular-nums">{bits(q.bits)}</td>
        </tr>
      </tbody>
    </table>
  )
}
