import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { flat } from '../../api/queries/pages'
import { type Answer, type AnswerFilter, answersQuery, type Scope } from '../../api/queries/satisfaction'
import { Button } from '../../ui/button'
import { Check } from '../../ui/check'
import { ScoreChip } from '../../ui/score-chip'
import { Failed, Skeleton } from '../../ui/states'
import { When } from '../../ui/when'

interface AnswersProps {
  readonly scope: Scope
  readonly filter: AnswerFilter
  readonly onFilter: (next: Partial<AnswerFilter>) => void
}

/** What customers said, in their words, with the way to each conversation. */
export function Answers({ scope, filter, onFilter }: AnswersProps) {
  const { t } = useTranslation()
  const query = useInfiniteQuery(answersQuery(scope, filter))
  const answers = flat(query.data)
  return (
    <section aria-label={t('What they said')} className="py-6">
      <div className="mb-3 flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <h2 className="text-read font-semibold">{t('What they said')}</h2>
        <div className="flex flex-wrap gap-x-4 gap-y-1">
          <Check
            label={t('With a comment')}
            value={filter.commented}
            onChange={(commented) => onFilter({ commented })}
          />
          <Check label={t('Low scores')} value={filter.low} onChange={(low) => onFilter({ low })} />
        </div>
      </div>
      {query.isError ? (
        <Failed error={query.error} what={t('The answers could not be read')} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Skeleton rows={4} />
      ) : answers.length === 0 ? (
        <p className="text-muted">
          {filter.low || filter.commented ? t('No such answers in the period.') : t('Nobody has answered yet')}
        </p>
      ) : (
        <>
          <ul className="border-t border-line">
            {answers.map((a) => (
              <One key={a.id} answer={a} />
            ))}
          </ul>
          {query.hasNextPage ? (
            <Button className="mt-3" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {t('Show more')}
            </Button>
          ) : null}
        </>
      )}
    </section>
  )
}

function One({ answer: a }: { readonly answer: Answer }) {
  const { t } = useTranslation()
  const about = [a.inbox_name, a.agent_name].filter(Boolean).join(', ')
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-1 border-b border-line py-3">
      <span className="w-20 flex-none">
        <ScoreChip kind={a.kind} score={a.score} high={a.high} />
      </span>
      <div className="min-w-0 flex-1 basis-64">
        {a.comment ? (
          <p dir="auto" className="text-read whitespace-pre-line [overflow-wrap:anywhere]">
            {a.comment}
          </p>
        ) : null}
        <p className="text-label text-muted">
          {a.customer_name}, <When at={a.answered_at ?? a.asked_at} />
          {about ? <span> · {about}</span> : null}
        </p>
      </div>
      <Link
        to="/inbox/$id"
        params={{ id: a.case_id }}
        search={{ queue: 'all', status: 'any' }}
        className="inline-flex min-h-6 max-w-64 items-center truncate text-accent hover:underline"
      >
        <span className="truncate">
          {a.subject || t('To the conversation')}
          <span className="sr-only">, {a.customer_name}</span>
        </span>
      </Link>
    </li>
  )
}
