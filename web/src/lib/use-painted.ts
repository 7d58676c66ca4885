import { useEffect, useState } from 'react'

/** Calls `then` in a task after the next frame was drawn; the returned function takes that back. */
export function afterPaint(then: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  // A page that isn't shown draws no frames.
  if (document.visibilityState !== 'visible') {
    timer = setTimeout(then)
    return () => clearTimeout(timer)
  }
  const frame = requestAnimationFrame(() => {
    timer = setTimeout(then)
  })
  return () => {
    cancelAnimationFrame(frame)
    clearTimeout(timer)
  }
}

/**
 * Whether a frame was drawn since `of` became what it is: what stands beside the thing that
 * somebody waits for comes after it.
 */
export function usePainted(of: string): boolean {
  const [painted, setPainted] = useState('')
  useEffect(() => afterPaint(() => setPainted(of)), [of])
  return painted === of
}
