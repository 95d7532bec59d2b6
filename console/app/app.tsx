import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { pages, type PageSpec } from '../pages.js';
import type { PageProps } from './page-props.js';
import { texts } from '../texts.js';
import { Note } from '../ui/note.js';
import { Page } from '../ui/page.js';
import { Navigation } from './navigation.js';
import { matchPath, navigate, pageUrl, usePlace } from './router.js';

/** The whole console: the way between pages, and the page that the address names. */
export function App() {
  const place = usePlace();
  const [first] = pages;
  const beginning = place.path === '/' && first !== undefined;
  useEffect(() => {
    if (beginning) navigate(pageUrl(first.path), { replace: true });
  }, [beginning]);
  const found = findPage(place.path);
  return (
    <>
      <Navigation path={place.path} />
      <main id="main" tabIndex={-1}>
        {found === null ? !beginning && <NoSuchPage /> : <LoadedPage key={place.path} {...found} />}
      </main>
    </>
  );
}

interface Found {
  readonly page: PageSpec;
  readonly params: Record<string, string>;
}

function findPage(path: string): Found | null {
  for (const page of pages) {
    const params = matchPath(page.path, path);
    if (params !== null) return { page, params };
  }
  return null;
}

/** Fetches the code of a page when it is first opened. */
function LoadedPage({ page, params }: Found) {
  const [Content, setContent] = useState<{ readonly component: FunctionComponent<PageProps> } | 'failed' | null>(null);
  useEffect(() => {
    let wanted = true;
    page.load().then(
      (module) => wanted && setContent({ component: module.default }),
      () => wanted && setContent('failed'),
    );
    return () => {
      wanted = false;
    };
  }, [page]);
  if (Content === null)
    return (
      <p class="soft" role="status">
        {texts.common.loading}
      </p>
    );
  if (Content === 'failed') return <OutdatedPage />;
  return <Content.component params={params} />;
}

function NoSuchPage() {
  return (
    <Page title={texts.common.noSuchPageTitle}>
      <p>{texts.common.noSuchPage}</p>
    </Page>
  );
}

/** A new release has other file names, so a page that was open across it has to be loaded anew. */
function OutdatedPage() {
  return (
    <Page title={texts.common.outdatedTitle}>
      <Note tone="bad">{texts.common.outdated}</Note>
      <p>
        <button type="button" onClick={() => location.reload()}>
          {texts.common.loadAgain}
        </button>
      </p>
    </Page>
  );
}
