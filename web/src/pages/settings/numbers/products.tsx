import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Product, productsQuery, removeProduct } from '../../../api/queries/vocabulary'
import { list } from '../../../lib/list'
import { Button } from '../../../ui/button'
import { Field } from '../../../ui/field'
import { Failed, Skeleton } from '../../../ui/states'
import { attempt, done } from '../../../ui/undo'
import { Group } from '../group'
import { AddProducts } from './add-products'
import { History } from './history'
import { useSettled } from './use-settled'

const FEW = 10

/** The catalogue: what customers can write about by name. */
export function Products() {
  const { t } = useTranslation()
  const [adding, setAdding] = useState(false)
  return (
    <Group
      title={t('Products')}
      action={
        <Button look="primary" onClick={() => setAdding(true)}>
          {t('Add products…')}
        </Button>
      }
    >
      <p className="mb-3 max-w-[60ch] text-muted">
        {t(
          'Found in messages by name, article number or synonym, however they are written: small or large, with or without accents.',
        )}
      </p>
      <Listed />
      <History kind="products" title={t('History of the products')} />
      <AddProducts open={adding} onOpenChange={setAdding} />
    </Group>
  )
}

function Listed() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [search, setSearch] = useState('')
  const [all, setAll] = useState(false)
  const query = useQuery(productsQuery(useSettled(search.trim())))
  const remove = (p: Product) =>
    attempt(t('The product was not removed'), async () => {
      done(t('“{{name}}” removed', { name: p.name }), await removeProduct(client, p.name))
    })
  if (query.isError)
    return <Failed error={query.error} what={t('The products could not be read')} retry={() => void query.refetch()} />
  if (query.isPending) return <Skeleton rows={2} />
  if (query.data.total === 0) return <p>{t('No products yet.')}</p>
  const items = list(query.data.items)
  const shown = all ? items : items.slice(0, FEW)
  return (
    <>
      <Field
        label={t('Search products')}
        className="mb-3"
        type="search"
        value={search}
        onChange={(e) => setSearch(e.target.value)}
      />
      {items.length === 0 ? (
        <p className="text-muted">{t('No product with these words.')}</p>
      ) : (
        <ul aria-label={t('Products')} className="border-t border-line">
          {shown.map((p) => (
            <li key={p.name} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-2">
              <p className="min-w-0 flex-1 basis-56 [overflow-wrap:anywhere]">
                <span className="font-medium">{p.name}</span>{' '}
                <span className="text-label text-muted">{[p.sku, ...list(p.synonyms)].filter(Boolean).join(', ')}</span>
              </p>
              <Button size="small" aria-label={`${t('Remove')}: ${p.name}`} onClick={() => remove(p)}>
                {t('Remove')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {items.length > shown.length ? (
        <Button className="mt-3" look="ghost" onClick={() => setAll(true)}>
          {t('Show {{n}} more', { n: items.length - shown.length })}
        </Button>
      ) : query.data.matches > items.length ? (
        <p className="mt-3 text-label text-muted">
          {t('{{n}} more: search to see them.', { n: query.data.matches - items.length })}
        </p>
      ) : null}
    </>
  )
}
