import { useEffect, useState } from 'preact/hooks';
import { pages, sections } from '../pages.js';
import { texts } from '../texts.js';
import { pageUrl } from './router.js';

/** Links to the pages, by section; on a narrow screen behind a button. */
export function Navigation({ path }: { readonly path: string }) {
  const wide = useMedia('(min-width: 60rem)');
  const [open, setOpen] = useState(false);
  useEffect(() => {
    setOpen(false);
  }, [path]);
  return (
    <nav class="sections" aria-label={texts.common.navigation}>
      {!wide && (
        <button type="button" class="quiet" aria-expanded={open} aria-controls="pages" onClick={() => setOpen(!open)}>
          {texts.common.menu}
        </button>
      )}
      <div id="pages" hidden={!wide && !open}>
        {sections.map((section) => (
          <section key={section}>
            <h2>{texts.sections[section]}</h2>
            <ul>
              {linksOf(section).map((page) => (
                <NavigationLink key={page.path} {...page} current={path} />
              ))}
            </ul>
          </section>
        ))}
      </div>
    </nav>
  );
}

function linksOf(section: (typeof sections)[number]) {
  return pages.flatMap(({ path, link }) => (link?.section === section ? [{ path, label: link.label }] : []));
}

function NavigationLink({
  path,
  label,
  current,
}: {
  readonly path: string;
  readonly label: string;
  readonly current: string;
}) {
  const here = current === path ? 'page' : current.startsWith(`${path}/`) ? 'true' : undefined;
  return (
    <li>
      <a href={pageUrl(path)} aria-current={here}>
        {label}
      </a>
    </li>
  );
}

function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const follow = () => setMatches(media.matches);
    media.addEventListener('change', follow);
    return () => media.removeEventListener('change', follow);
  }, [query]);
  return matches;
}
