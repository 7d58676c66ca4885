import { useNow } from '../lib/now'
import { exact, relative } from '../lib/time'

/** A moment, said as people say it; the exact time shows on hover. */
export function When({ at, className }: { readonly at: string; readonly className?: string }) {
  const now = useNow()
  return (
    <time dateTime={at} title={exact(at)} {...(className ? { className } : {})}>
      {relative(at, now)}
    </time>
  )
}
