import type { AnchorSetting } from '../../../kernel/config.js';
import type { AnchorPlace, AnchorSource } from './anchor.js';
import { AnchorFile, fileSource } from './anchor-file.js';
import { AnchorHttp, httpSource } from './anchor-http.js';
import { AnchorSyslog, syslogFileSource } from './anchor-syslog.js';

/** The places of the settings, ready to be opened. */
export function anchorPlaces(settings: readonly AnchorSetting[]): AnchorPlace[] {
  return settings.map((setting) => {
    if ('file' in setting) return new AnchorFile(setting.file);
    if ('syslog' in setting) return new AnchorSyslog(setting.syslog);
    return new AnchorHttp(setting.http, setting.token);
  });
}

/**
 * What someone who verifies names: an address, `syslog:` with a collector's file, or a file of anchors.
 * @param token bearer token for an address
 * @param resolve makes a path absolute
 */
export function namedSource(named: string, token: string | undefined, resolve: (path: string) => string): AnchorSource {
  if (/^https?:\/\//.test(named)) return httpSource(named, token);
  if (named.startsWith('syslog:')) return syslogFileSource(resolve(named.slice('syslog:'.length)));
  return fileSource(resolve(named));
}
