import type { TFunction } from 'i18next'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import type { Part, Shape } from '../../../api/queries/vocabulary'
import { list } from '../../../lib/list'
import { CHECKS } from './kinds'

const span = (p: Part): string => (p.min === p.max ? `${p.min}` : `${p.min}–${p.max}`)

function partWords(t: TFunction, p: Part): string {
  switch (p.kind) {
    case 'year':
      return t('a year')
    case 'digits':
      return p.max === 1 ? t('one digit') : t('{{n}} digits', { n: span(p) })
    case 'letters':
      return p.max === 1 ? t('one letter') : t('{{n}} letters', { n: span(p) })
    case 'mixed':
      return t('{{n}} letters and digits', { n: span(p) })
    case 'separator':
      return [p.text, ...p.also].map((s) => (s === ' ' ? '␣' : s)).join(' ') + (p.open ? '?' : '')
    case 'fixed':
      return p.text
  }
}

/** The form of a number, part by part: what never changes in type of one width, the rest in words. */
export function ShapeWords({ shape }: { readonly shape: Shape }) {
  const { t } = useTranslation()
  return (
    <span className="inline-flex flex-wrap items-center gap-1">
      {list(shape.parts).map((p, i) => (
        // The position is what a part is.
        // biome-ignore lint/suspicious/noArrayIndexKey: parts never move
        <Fragment key={i}>
          {p.kind === 'fixed' || p.kind === 'separator' ? (
            <code className="text-text">{partWords(t, p)}</code>
          ) : (
            <span className="rounded-chip bg-sunken px-1.5 text-text">{partWords(t, p)}</span>
          )}
        </Fragment>
      ))}
      {shape.check ? (
        <span>
          {t(CHECKS[shape.check] ?? shape.check)}
          {shape.last ? ` ${t('in the last part')}` : ''}
        </span>
      ) : null}
    </span>
  )
}
