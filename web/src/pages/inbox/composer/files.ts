import { t } from 'i18next'
import { useCallback, useEffect, useRef, useState } from 'react'
import { toast } from 'sonner'
import type { FileRef } from '../../../api/desk'
import { MAX_FILE, upload } from '../../../api/queries/outgoing'
import { failed } from '../../../ui/undo'

export interface Uploading {
  readonly key: string
  readonly name: string
  readonly part: number
}

/** Files that are being attached and those that are. */
export function useFiles(initial: readonly FileRef[], onChange: (files: readonly FileRef[]) => void) {
  const [files, setFiles] = useState(initial)
  const [uploads, setUploads] = useState<readonly Uploading[]>([])
  const aborts = useRef(new Map<string, AbortController>())
  const latest = useRef(files)
  const set = useCallback(
    (next: readonly FileRef[]) => {
      latest.current = next
      setFiles(next)
      onChange(next)
    },
    [onChange],
  )
  useEffect(() => {
    const running = aborts.current
    return () => {
      for (const a of running.values()) a.abort()
    }
  }, [])

  const add = useCallback(
    (list: Iterable<File>) => {
      for (const file of list) {
        if (file.size > MAX_FILE) {
          toast.error(t('“{{name}}” is larger than 25 MB', { name: file.name }))
          continue
        }
        const key = `${file.name} ${file.size} ${Date.now()} ${Math.random()}`
        const abort = new AbortController()
        aborts.current.set(key, abort)
        setUploads((old) => [...old, { key, name: file.name, part: 0 }])
        upload(file, (part) => setUploads((old) => old.map((u) => (u.key === key ? { ...u, part } : u))), abort.signal)
          .then((made) => set([...latest.current, made]))
          .catch((error: unknown) => {
            if (!abort.signal.aborted) failed(t('“{{name}}” was not attached', { name: file.name }), error)
          })
          .finally(() => {
            aborts.current.delete(key)
            setUploads((old) => old.filter((u) => u.key !== key))
          })
      }
    },
    [set],
  )
  return {
    files,
    uploads,
    add,
    remove: (id: string) => set(latest.current.filter((f) => f.id !== id)),
    cancel: (key: string) => {
      aborts.current.get(key)?.abort()
      setUploads((old) => old.filter((u) => u.key !== key))
    },
  }
}
