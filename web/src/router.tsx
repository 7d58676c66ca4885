import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import type { CustomerFilter } from './api/queries/customers'
import type { JourneySort, JourneyTab } from './api/queries/journeys'
import { sessionQuery } from './api/queries/session'
import { CustomersPage } from './pages/customers'
import { Shell } from './shell/shell'
import { Button } from './ui/button'
import { Empty, Failed } from './ui/states'

interface Context {
  readonly client: QueryClient
}

const oneOf = <T extends string>(value: unknown, all: readonly T[], fallback: T): T =>
  all.find((v) => v === value) ?? fallback
const text = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''

const rootRoute = createRootRouteWithContext<Context>()({
  errorComponent: ({ error, reset }) => <Failed error={error} what="This page could not be shown" retry={reset} />,
  notFoundComponent: () => (
    <Empty
      title="There is nothing at this address"
      action={<Button onClick={() => window.location.assign('/')}>To the customers</Button>}
    />
  ),
})

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (s: Record<string, unknown>): { to?: string } => {
    const to = text(s.to)
    // Only a path of this console; "//host" would lead elsewhere.
    return /^\/(?!\/)/.test(to) ? { to } : {}
  },
  component: lazyRouteComponent(() => import('./pages/sign-in'), 'SignInPage'),
})

const setupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/setup',
  component: lazyRouteComponent(() => import('./pages/setup'), 'SetupPage'),
})

const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  beforeLoad: async ({ context, location }) => {
    const session = await context.client.ensureQueryData(sessionQuery)
    if (session.signed_in) return
    throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { to: location.href } })
  },
  component: Shell,
})

const indexRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/customers' })
  },
})

const FILTERS = ['all', 'waiting', 'open', 'leaving', 'unread'] as const satisfies readonly CustomerFilter[]
export interface CustomersSearch {
  readonly q?: string
  readonly filter?: CustomerFilter
  readonly channel?: string
}
const customersRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/customers',
  validateSearch: (s: Record<string, unknown>): CustomersSearch => {
    const filter = oneOf(s.filter, FILTERS, 'all')
    return {
      ...(text(s.q) ? { q: text(s.q) } : {}),
      ...(filter === 'all' ? {} : { filter }),
      ...(text(s.channel) ? { channel: text(s.channel) } : {}),
    }
  },
  component: CustomersPage,
})

export interface CustomerPageSearch {
  /** Scroll to this journey. */
  readonly journey?: string
  /** Scroll to this contact. */
  readonly contact?: string
  /** Show this journey alone. */
  readonly only?: string
  readonly channel?: string
}
const customerRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/customers/$id',
  validateSearch: (s: Record<string, unknown>): CustomerPageSearch => ({
    ...(text(s.journey) ? { journey: text(s.journey) } : {}),
    ...(text(s.contact) ? { contact: text(s.contact) } : {}),
    ...(text(s.only) ? { only: text(s.only) } : {}),
    ...(text(s.channel) ? { channel: text(s.channel) } : {}),
  }),
  component: lazyRouteComponent(() => import('./pages/customer/customer-page'), 'CustomerPage'),
})

const TABS = ['waiting', 'open', 'unanswered', 'repeat', 'all'] as const satisfies readonly JourneyTab[]
const SORTS = ['waiting', 'effort', 'last'] as const satisfies readonly JourneySort[]
const DAYS = ['7', '14', '30'] as const
const journeysRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/journeys',
  validateSearch: (s: Record<string, unknown>) => ({
    tab: oneOf(s.tab, TABS, 'waiting'),
    // Only journeys that wait for us can be sorted by how long they wait.
    sort: oneOf(s.sort, SORTS, oneOf(s.tab, TABS, 'waiting') === 'waiting' ? 'waiting' : 'last'),
    repeat: oneOf(text(s.repeat), DAYS, '30'),
  }),
  component: lazyRouteComponent(() => import('./pages/journeys'), 'JourneysPage'),
})

const quarantineRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/quarantine',
  component: lazyRouteComponent(() => import('./pages/quarantine'), 'QuarantinePage'),
})

const settingsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('./pages/settings/settings-page'), 'SettingsPage'),
})

const routeTree = rootRoute.addChildren([
  signInRoute,
  setupRoute,
  shellRoute.addChildren([indexRoute, customersRoute, customerRoute, journeysRoute, quarantineRoute, settingsRoute]),
])

export function createAppRouter(client: QueryClient) {
  return createRouter({
    routeTree,
    context: { client },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    scrollRestoration: false,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>
  }
}
