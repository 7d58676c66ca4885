import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Navigate } from '@tanstack/react-router'
import { customerQuery } from '../../api/queries/customers'
import { Failed, Skeleton } from '../../ui/states'
import { Relationship } from './relationship'

const route = getRouteApi('/shell/customers/$id')

/** One customer: everything that happened, and who she is. */
export function CustomerPage() {
  const { id } = route.useParams()
  const search = route.useSearch()
  const query = useQuery(customerQuery(id))
  if (query.isError)
    return <Failed error={query.error} what="The customer could not be read" retry={() => void query.refetch()} />
  if (query.isPending) return <Skeleton rows={6} height={96} />
  // The address of a customer who was merged away leads to whom they belong now.
  if (query.data.id !== id)
    return <Navigate to="/customers/$id" params={{ id: query.data.id }} search={search} replace />
  return <Relationship key={id} customer={query.data} />
}
