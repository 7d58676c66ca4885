import { useTranslation } from 'react-i18next'
import type { Report } from '../../api/queries/satisfaction'
import { say } from '../../i18n/mark'
import { list } from '../../lib/list'
import { count, figure, LOWEST, percent, type SurveyKind, scoreTone } from '../../lib/survey'
import { Chip } from '../../ui/chip'
import { cx } from '../../ui/cx'

const MEANS: Readonly<Record<SurveyKind, string>> = {
  csat: say('are satisfied (4 or 5 of 5)'),
  nps: say('more would recommend us (9 or 10) than would not (0 to 6), of 100'),
  ces: say('of 7: how easy it was, on average'),
}
const BARS = { danger: 'bg-danger', plain: 'bg-control', success: 'bg-success' } as const

/** The figure of the period, how sure it is, and what was answered. */
export function Summary({ report }: { readonly report: Report }) {
  const { t } = useTranslation()
  const { kind, total } = report
  const most = Math.max(1, ...list(total.scores))
  return (
    <section aria-label={t('In the period')} className="grid gap-x-12 gap-y-6 border-b border-line py-6 md:grid-cols-2">
      <div className="flex flex-col items-start gap-1">
        {total.answered === 0 ? (
          <p className="text-title font-semibold">{t('Nobody has answered yet')}</p>
        ) : (
          <>
            <p>
              <span className="text-figure font-semibold tabular-nums">{figure(kind, total.value)}</span>{' '}
              <span className="text-read text-muted">{t(MEANS[kind])}</span>
            </p>
            <p className="text-read">
              {t('Between {{from}} and {{to}} (95 % interval)', {
                from: figure(kind, total.lower),
                to: figure(kind, total.upper),
              })}
            </p>
            {total.few ? (
              <span className="my-1">
                <Chip tone="warning">{t('{{count}} answers: too few to compare', { count: total.answered })}</Chip>
              </span>
            ) : null}
          </>
        )}
        <p className="text-read text-muted">
          {t('{{answered}} of {{asked}} answered: {{rate}}', {
            answered: count(total.answered),
            asked: count(total.asked),
            rate: percent(total.response_rate),
          })}
        </p>
        {total.pending > 0 ? (
          <p className="text-label text-muted">{t('{{count}} can still answer', { count: total.pending })}</p>
        ) : null}
        {kind === 'ces' && total.answered > 0 ? (
          <p className="text-label text-muted">
            {t('{{share}} found it easy (5 to 7)', { share: percent(total.good) })}
          </p>
        ) : null}
      </div>
      <dl
        className="grid grid-cols-[auto_1fr_auto] content-start items-center gap-x-3 gap-y-1"
        aria-label={t('Scores')}
      >
        {list(total.scores)
          .map((n, i) => ({ n, score: LOWEST[kind] + i }))
          .reverse()
          .map(({ n, score }) => (
            <div key={score} className="col-span-3 grid grid-cols-subgrid items-center">
              <dt className="text-right text-label text-muted tabular-nums">{score}</dt>
              <dd className="col-span-2 grid grid-cols-subgrid items-center">
                <span aria-hidden className="h-2.5 overflow-hidden rounded-full bg-sunken">
                  <span
                    className={cx('block h-full rounded-full', BARS[scoreTone(kind, score)])}
                    style={{ width: `${(100 * n) / most}%` }}
                  />
                </span>
                <span className="min-w-8 text-right text-label tabular-nums">{count(n)}</span>
              </dd>
            </div>
          ))}
      </dl>
    </section>
  )
}
