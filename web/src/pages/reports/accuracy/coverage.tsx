import { useTranslation } from 'react-i18next'
import type { Accuracy, ReadingWeek } from '../../../api/queries/accuracy'
import { list } from '../../../lib/list'
import { useNow } from '../../../lib/now'
import { count } from '../../../lib/survey'
import { shortDate } from '../../../lib/time'
import { percent } from '../../../lib/words'
import { typedMoment } from '../../../lib/zone'
import { cx } from '../../../ui/cx'

/** How much of what customers write is read at all, week by week. */
export function Coverage({ report }: { readonly report: Accuracy }) {
  const { t } = useTranslation()
  const now = useNow()
  const weeks = list(report.weeks)
  const day = (at: string) => (at ? shortDate(new Date(typedMoment(at)).toISOString(), now) : '')
  const last = weeks.findLast((w) => w.over && w.looked > 0) ?? weeks.at(-1)
  return (
    <section aria-label={t('How much is read')} className="border-b border-line py-6">
      <h2 className="mb-1 text-read font-semibold">{t('How much is read')}</h2>
      <p className="mb-4 max-w-[72ch] text-muted">
        {t(
          'The share of customers’ messages in which an intent was found when they came in. The rest was called unknown. Weeks begin on Monday, UTC.',
        )}{' '}
        {report.counting ? <span role="status">{t('Being counted anew…')}</span> : null}
      </p>
      {last ? (
        <>
          <p className="mb-4">
            <span className="text-figure font-semibold tabular-nums">{percent(last.read)}</span>{' '}
            <span className="text-read">
              {last.over ? t('were read in the last full week') : t('were read in this week so far')}
            </span>{' '}
            <span className="text-label text-muted tabular-nums">
              {t('Between {{from}} and {{to}} (95 % interval)', { from: percent(last.low), to: percent(last.high) })}
              {last.labelled > 0
                ? `. ${t('{{share}} by a person’s label of a nearly equal message', { share: percent(last.labelled) })}`
                : ''}
            </span>
          </p>
          <ol className="flex h-44 max-md:h-28 max-w-3xl items-stretch gap-2 max-md:gap-1">
            {weeks.map((w, i) => (
              <Column key={w.from} week={w} labelled={(weeks.length - 1 - i) % 2 === 0} />
            ))}
          </ol>
          <p aria-hidden className="flex justify-between text-meta text-muted md:hidden">
            <span>{day(weeks[0]?.from ?? '')}</span>
            <span>{day(weeks.at(-1)?.from ?? '')}</span>
          </p>
        </>
      ) : (
        <p>{report.counting ? '' : t('No customer has written yet.')}</p>
      )}
    </section>
  )
}

function Column({ week: w, labelled }: { readonly week: ReadingWeek; readonly labelled: boolean }) {
  const { t } = useTranslation()
  const now = useNow()
  const from = shortDate(new Date(typedMoment(w.from)).toISOString(), now)
  const said =
    w.looked === 0
      ? t('Week from {{from}}: nobody wrote', { from })
      : t('Week from {{from}}: {{share}} of {{n}} messages read', {
          from,
          share: percent(w.read),
          n: count(w.contacts),
        })
  return (
    <li className="flex min-w-0 flex-1 flex-col" title={said}>
      <span className="sr-only">{said}</span>
      <span aria-hidden className="flex min-h-0 flex-1 flex-col justify-end rounded-t bg-sunken">
        {w.looked > 0 ? (
          <span
            className={cx('relative block rounded-t', w.over ? 'bg-accent' : 'bg-accent opacity-50')}
            style={{ height: `${100 * w.read}%` }}
          />
        ) : null}
      </span>
      <span aria-hidden className="h-5 text-center text-meta leading-5 whitespace-nowrap tabular-nums max-md:hidden">
        {w.looked > 0 ? percent(w.read) : '–'}
      </span>
      <span
        aria-hidden
        className={cx(
          'h-5 text-center text-meta leading-5 whitespace-nowrap text-muted max-md:hidden',
          labelled ? '' : 'max-lg:invisible',
        )}
      >
        {from}
      </span>
    </li>
  )
}
