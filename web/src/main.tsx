import '@fontsource-variable/inter/wght.css'
import './styles/base.css'
import { notifyManager, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { Tooltip } from 'radix-ui'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Toaster } from 'sonner'
import { ApiError, whenSignedOut } from './api/client'
import { sessionQuery } from './api/queries/session'
import { startLanguage } from './i18n'
import { keepUp } from './lib/keep-up'
import { applyPrefs } from './lib/prefs'
import { createAppRouter } from './router'

applyPrefs(document.documentElement)
keepUp()

// What one chose is drawn before the browser paints again: after a timer, a box that was just
// ticked would stand unticked for a moment.
notifyManager.setScheduler(queueMicrotask)

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // The stream says when something changed; focus and mounting need not ask.
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 2 && error instanceof ApiError && error.transient,
    },
  },
})
const router = createAppRouter(client)

whenSignedOut(() => {
  if (!client.getQueryData(sessionQuery.queryKey)?.signed_in) return
  void client.fetchQuery({ ...sessionQuery, staleTime: 0 }).then(() => router.invalidate())
})

const root = document.getElementById('root')
if (root) {
  // The first thing a person reads is in their language.
  void startLanguage().then(() => draw(root))
}

function draw(root: HTMLElement): void {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <Tooltip.Provider delayDuration={500} skipDelayDuration={200}>
          <RouterProvider router={router} />
          <Toaster
            // Away from where people write: the composer is at the bottom.
            position={window.matchMedia('(min-width: 720px)').matches ? 'bottom-left' : 'top-center'}
            // Below the head of the page, where the way back is.
            mobileOffset={{ top: 'calc(60px + env(safe-area-inset-top))' }}
            containerAriaLabel="Messages"
            toastOptions={{
              style: {
                background: 'var(--raised)',
                color: 'var(--text)',
                border: '1px solid var(--line)',
                boxShadow: 'var(--shadow)',
                fontFamily: 'var(--font)',
              },
              actionButtonStyle: { background: 'var(--accent)', color: 'var(--on-accent)', height: 28 },
            }}
          />
        </Tooltip.Provider>
      </QueryClientProvider>
    </StrictMode>,
  )
}
